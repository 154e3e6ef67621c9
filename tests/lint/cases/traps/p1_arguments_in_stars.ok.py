"""Builtins and torch's functions get all of their arguments from a star: nothing is known of them, and nothing is assumed."""
import torch
import torch.nn as nn


def everything(x, args, options):
    here = torch.zeros(3).to(x.device)
    for i in range(*args):
        here = here + i
    rows = [i for i in range(*args)] + [i for i in range(**options)]
    pairs = list(zip(*args)) + list(enumerate(*args)) + list(map(*args))
    more = [list(*args), tuple(*args), set(*args), dict(*args), iter(*args), sorted(*args), reversed(*args)]
    words = [len(*args), int(*args), str(*args), bool(*args), type(*args), next(*args), vars(*args)]
    asked = [isinstance(*args), hasattr(*args), getattr(*args), setattr(*args), issubclass(*args)]
    named = [len(**options), int(**options), dict(**options), enumerate(**options), sorted(**options)]
    return here, rows, pairs, more, words, asked, named


def of_torch(x, args, options):
    made = [torch.zeros(*args), torch.tensor(*args), torch.full(*args), torch.arange(*args), torch.zeros_like(*args)]
    made += [torch.cat(*args), torch.stack(*args), torch.where(*args), torch.load(*args), torch.device(*args)]
    moved = [x.to(*args), x.to(**options), x.cuda(*args), x.cpu(*args), x.type(*args), x.type_as(*args), x.view(*args)]
    layers = nn.Sequential(*args)
    more = [nn.ModuleList(*args), nn.Parameter(*args), nn.ModuleDict(*args), nn.Linear(*args), nn.ParameterDict(*args)]
    optimizer = torch.optim.SGD(*args)
    loader = torch.utils.data.DataLoader(*args)
    for batch in loader:
        layers(*batch).to(x.device)
    return made, moved, layers, more, optimizer
