"""Functions that put tensors on the device of what they are given, and ask that for an array."""
from collections import namedtuple

import numpy as np
import torch
from scipy.spatial import cKDTree

Attribute = namedtuple("Attribute", "shape device")


def nearest(points, queries, k):
    tree = cKDTree(points.detach().numpy())  # BUG: numpy-of-cuda-tensor
    _, index = tree.query(queries.cpu().numpy(), k)
    return torch.as_tensor(index, device=points.device)


def flatten(module):
    attributes, flat = {}, []
    for name, t in module.named_parameters():
        attributes[name] = Attribute(shape=t.shape, device=t.device)
        flat.append(t.detach().view(-1).numpy().copy())  # BUG: numpy-of-cuda-tensor
    return np.concatenate(flat), attributes


class Learner:
    def update(self, buffer, batch):
        q = self(batch).values
        q = q[batch.rows]
        wanted = torch.tensor(batch.returns, device=q.device)
        error = wanted - q
        buffer.weigh(error.detach().numpy())  # BUG: numpy-of-cuda-tensor
        return error.pow(2).mean()


def draw(probabilities):
    index = np.random.choice(len(probabilities), p=probabilities.squeeze(0).numpy())  # BUG: numpy-of-cuda-tensor
    return torch.tensor(index).to(probabilities.device)
