import torch
from torch import nn, optim

from lib.heads import *
from lib.io import batches

encoder = SpanEncoder(300, hidden=128)
opt = optim.SGD(encoder.parameters(), lr=0.05)
encoder.cuda()
encoder.train()

for words, tag in batches("train.tsv"):
    out = encoder(torch.tensor(words).cuda())
    opt.zero_grad()
    nn.functional.cross_entropy(out, tag.cuda()).backward()
    opt.step()
