import torch
from torch.utils.data import DataLoader, TensorDataset, random_split


def loaders(config):
    basis = torch.randn(3, config.inputs)
    x = torch.randn(48, 3) @ basis
    train, valid = random_split(TensorDataset(x), [40, 8])
    return (DataLoader(train, batch_size=config.batch_size, shuffle=True),
            DataLoader(valid, batch_size=config.batch_size))
