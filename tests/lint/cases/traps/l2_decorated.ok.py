import functools

import torch
import torch.nn as nn


def on_gpu(f):
    @functools.wraps(f)
    def inner(x, *rest):
        return f(x.cuda(), *rest)

    return inner


@on_gpu
def run(x, net):
    return net(x)


print(run(torch.rand(1, 2), nn.Linear(2, 2).cuda()))
