import numpy as np
import torch


def rescale(points: torch.Tensor, factor):
    if isinstance(factor, (list, tuple)):
        factor = torch.tensor(factor)  # BUG: tensor-created-on-cpu
    return points * factor


def project(points: torch.Tensor, matrix=None):
    if matrix is None:
        return points
    if isinstance(matrix, np.ndarray):
        matrix = torch.from_numpy(matrix)  # BUG? tensor-created-on-cpu
    return points @ matrix
