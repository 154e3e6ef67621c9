"""Pictures without their darkest and brightest points. NumPy counts, so they are on the CPU."""
import numpy as np
import torch


def window(data: torch.Tensor, low=5, high=95):
    flat = data.reshape(data.shape[0], -1)
    floor = torch.as_tensor(np.percentile(flat, low, axis=1)).view(-1, 1, 1)
    ceiling = torch.as_tensor(np.percentile(flat, high, axis=1)).view(-1, 1, 1)
    return torch.clamp(data, floor, ceiling)


def above(data: torch.Tensor, share):
    return data > torch.from_numpy(np.quantile(torch.flatten(data, start_dim=-2), share, axis=-1))[..., None, None]
