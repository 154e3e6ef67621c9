"""Who knows what these give back? No class of losses is seen."""
import numpy as np
import torch

from here import loss_of, make

net = make("net").cuda()
criterion = make("loss")

for picture in torch.rand(8, 1, 3, 32, 32):
    picture = picture.cuda()
    print(np.mean([criterion(picture, picture), loss_of(picture)]))
