import numpy as np
import torch
import torch.nn.functional as F


def either(x, n):
    steps = torch.arange(n)
    y = x + steps
    if isinstance(x, torch.Tensor):
        return x.unsqueeze(0), y
    return y


def of_an_array(x, n):
    steps = torch.arange(n)
    y = x + steps
    return y, F.relu(torch.from_numpy(x))


def bound_anew(x, n):
    steps = torch.arange(n)
    y = x + steps
    x = torch.zeros(3)
    return y, x.unsqueeze(0)


def of_the_items(x, n):
    steps = torch.arange(n)
    return [i.unsqueeze(0) for i in x], x + steps


def a_view_of_an_array(x, n):
    steps = torch.arange(n)
    return x.view(np.int32), x + steps
