from contextlib import contextmanager

import torch
import torch.nn as nn

net = nn.Linear(2, 2)


@contextmanager
def on_gpu(model):
    model.cuda()
    yield model
    model.cpu()


with on_gpu(net) as n:
    print(n(torch.rand(1, 2).cuda()))
