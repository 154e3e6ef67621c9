# Its caller moves what it gets: nothing was moved before.
import torch


def mask_some(inputs: torch.Tensor, share, pad=0):
    labels = inputs.clone()
    chance = torch.full(labels.shape, share)
    chance.masked_fill_(labels.eq(pad), value=0.0)
    labels[~torch.bernoulli(chance).bool()] = -100
    return inputs, labels
