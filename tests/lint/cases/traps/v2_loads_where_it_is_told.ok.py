import torch
from torch import nn


def load_head(path, device="cuda"):
    """The file says where, and a context may place what is built in it."""
    with placed():
        head = nn.Linear(3, 4)
    head.load_state_dict(torch.load(path, map_location="cpu"))
    return head


def load_tail(path, device=None):
    tail = nn.Linear(3, 4).cuda()
    tail.load_state_dict(torch.load(path, map_location="cpu"))
    return tail


def placed():
    return torch.device("cuda")
