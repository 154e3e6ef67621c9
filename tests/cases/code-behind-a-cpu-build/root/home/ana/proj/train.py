import torch
from torch import nn

images = torch.rand(256, 784)
labels = torch.randint(0, 10, (256,))
net = nn.Linear(784, 10).cuda()
loss = nn.functional.cross_entropy(net(images.cuda()), labels.cuda())
loss.backward()
print(os.getpid(), float(loss))
