"""Adagrad makes its state at once; what stands behind it is no move of its parameters, or comes by another way."""
import torch
from torch.optim import Adagrad


def dtype_alone(net):
    opt = Adagrad(net.parameters())
    net.to(torch.float64)
    return opt


def either(net, device, late):
    if late:
        net.to(device)
    else:
        opt = Adagrad(net.parameters())
        return opt


def done_before(net, device, probe):
    if probe:
        opt = Adagrad(net.parameters())
        return opt
    net.to(device)
    return net


def moved_before(net, device):
    net = net.to(device)
    opt = Adagrad(net.parameters())
    net.to(device)
    return opt


def made_again(net, device):
    opt = Adagrad(net.parameters())
    net.to(device)
    opt = Adagrad(net.parameters())
    return opt


def loaded_behind(net, device, saved):
    opt = Adagrad(net.parameters())
    net.to(device)
    opt.load_state_dict(saved)
    return opt


def in_rounds(net, device, data):
    for x in data:
        opt = Adagrad(net.parameters())
        net.to(device)
        net(x.to(device)).sum().backward()
        opt.step()


def back_home(net):
    opt = Adagrad(net.parameters())
    net.to("cpu")
    return opt
