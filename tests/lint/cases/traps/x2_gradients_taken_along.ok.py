"""Gradients that autograd takes from the CPU, or of outputs that are there."""
import torch
from torch import Tensor, autograd


def of_a_number(x: Tensor):
    y = x.pow(2).sum()
    y.backward(torch.tensor(1.0))
    return autograd.grad(x.exp().sum(), [x], [torch.tensor(2.0)])


def on_the_host(x: Tensor):
    y = x.cpu() * 2
    y.backward(torch.ones(y.shape))
    return autograd.grad(x.cpu() * 3, x, torch.ones(4))


def brought_home(x: Tensor, model):
    y = model(x).cpu()
    return autograd.grad(y, x, torch.ones(y.shape))


def none_given(x: Tensor, many, seeds):
    autograd.grad(many, x, seeds)
    autograd.grad([x.exp(), x.sin()], x, [None, None])
    autograd.backward([x.exp().sum()])


def a_step(optimizer, loss, scale):
    optimizer.backward(loss, torch.ones(1))
    loss.backward(scale)
