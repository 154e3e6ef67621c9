import torch


def save(state, path):
    import os

    os.makedirs(os.path.dirname(path), exist_ok=True)
    torch.save(state, path)


def newest(folder):
    return max(os.listdir(folder))  # BUG: name-not-imported
