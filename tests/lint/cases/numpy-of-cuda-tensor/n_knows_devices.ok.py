"""The same, taken to the host first, or asked where it is, or made on the CPU here."""
import numpy as np
import torch
from scipy.spatial import cKDTree


def nearest(points, k):
    tree = cKDTree(points.detach().cpu().numpy())
    _, index = tree.query(np.zeros(3), k)
    return torch.as_tensor(index, device=points.device)


def asked(points):
    if points.is_cuda:
        raise ValueError("only on the CPU")
    order = np.argsort(points.numpy())
    return torch.as_tensor(order, device=points.device)


def compared(points):
    if points.device == torch.device("cpu"):
        return torch.as_tensor(np.argsort(points.numpy()), device=points.device)
    return points.argsort()


def typed(points):
    if points.device.type == "cpu":
        return torch.as_tensor(np.argsort(points.numpy()), device=points.device)
    return points.argsort()


def own(n):
    rows = torch.randperm(n)
    values = np.arange(n)[rows.numpy()]
    return torch.as_tensor(values, device=rows.device)


def batches(loader):
    for x in loader:
        yield np.asarray(x.numpy()), torch.zeros(3, device=x.device)


def forced(points):
    return torch.as_tensor(np.argsort(points.numpy(force=True)), device=points.device)


def brought(points):
    values = np.argsort(points.numpy())
    return torch.as_tensor(values, device=points.device)


def use(points):
    return brought(points.cpu())


def moved(points):
    points = points.to("cpu")
    return torch.as_tensor(np.argsort(points.numpy()), device=points.device)
