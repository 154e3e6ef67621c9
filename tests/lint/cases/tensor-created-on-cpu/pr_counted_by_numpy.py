"""Pictures without their darkest and brightest points. NumPy counts what was copied to the CPU."""
import numpy as np
import torch


def window(data: torch.Tensor, low=5, high=95):
    flat = data.reshape(data.shape[0], -1).cpu()
    floor = torch.as_tensor(np.percentile(flat, low, axis=1)).view(-1, 1, 1)  # BUG: tensor-created-on-cpu
    ceiling = torch.as_tensor(np.percentile(flat, high, axis=1)).view(-1, 1, 1)  # BUG? tensor-created-on-cpu
    return torch.clamp(data, floor, ceiling)


def above(data: torch.Tensor, share):
    found = np.quantile(torch.flatten(data, start_dim=-2).cpu(), share, axis=-1)
    return data > torch.from_numpy(found)[..., None, None]  # BUG: tensor-created-on-cpu
