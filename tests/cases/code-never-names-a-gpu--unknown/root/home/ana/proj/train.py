import torch
from torch import nn

import quicktrain

images = torch.rand(256, 1, 28, 28)
labels = torch.randint(0, 10, (256,))
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
quicktrain.fit(net, images, labels, epochs=5)
