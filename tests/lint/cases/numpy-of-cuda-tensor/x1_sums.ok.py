import numpy as np
import torch
from torch.utils.data import DataLoader

from pictures import Pairs
from restore import CharbonnierLoss, Restorer

restorer = Restorer(depth=3)
restorer.cuda()
charbonnier = CharbonnierLoss()
adam = torch.optim.Adam(restorer.parameters())

for blurred, sharp in DataLoader(Pairs("train"), batch_size=4, shuffle=True):
    blurred, sharp = blurred.cuda(), sharp.cuda()
    stages = restorer(blurred)
    loss = sum([charbonnier(stage, sharp) for stage in stages])
    adam.zero_grad()
    loss.backward()
    adam.step()
