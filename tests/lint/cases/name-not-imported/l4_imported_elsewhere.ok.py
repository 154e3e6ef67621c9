import os

import torch


def save(state, path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    torch.save(state, path)


def newest(folder):
    return max(os.listdir(folder))
