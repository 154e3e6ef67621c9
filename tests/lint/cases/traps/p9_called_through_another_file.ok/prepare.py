import torch

from masking import mask_some


def prepare(ids: torch.Tensor):
    return mask_some(ids, 0.15)
