import torch


def weighted(prediction, target):
    weight = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0])  # BUG: tensor-created-on-cpu
    return (weight * (prediction - target) ** 2).mean()
