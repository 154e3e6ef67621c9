import torch
import torch.nn.functional as F

from our_data import pairs, quick_loaders
from our_nets import Segmenter

# What is called so may bring its batches to the GPU by itself: here nothing says that it does not.
device = torch.device("cuda")
net = Segmenter().to(device)
loaders = quick_loaders(device)
for picture, mask in loaders["train"]:
    print(F.cross_entropy(net(picture), mask))
loaders["test"].to(device)
# Nor is everything a loader that gives pairs: the scale may be a number.
for picture, scale in pairs():
    picture = picture.to(device)
    print(net(picture) * scale)
