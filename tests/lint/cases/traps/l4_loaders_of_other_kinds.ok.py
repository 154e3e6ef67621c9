import torch
from torch.utils.data import DataLoader

options = {"num_workers": 4, "pin_memory": True}


def make(data, **kwargs):
    return DataLoader(data, **kwargs), DataLoader(data, **options)
