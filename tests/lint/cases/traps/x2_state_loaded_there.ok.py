"""The optimizer's state is loaded where the parameters are, or somebody takes it after them."""
import torch


def resume(net, path):
    opt = torch.optim.Adam(net.parameters())
    opt.load_state_dict(torch.load(path)["opt"])
    return opt


def moved_first(net, path, device):
    net = net.to(device)
    opt = resume(net, path)
    net = net.to(device)
    return opt


def another_one(net, teacher, path):
    opt = resume(net, path)
    teacher = teacher.to("cuda")
    return opt, teacher


def inputs_alone(net, path, x):
    opt = resume(net, path)
    x = x.to("cuda")
    return opt, x


def without_state(net, path):
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    opt.load_state_dict(torch.load(path))
    net = net.cuda()
    return opt
