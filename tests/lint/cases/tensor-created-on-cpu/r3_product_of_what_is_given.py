import torch


def weighted(x: torch.Tensor, weights):
    return x @ torch.tensor(weights)  # BUG: tensor-created-on-cpu
