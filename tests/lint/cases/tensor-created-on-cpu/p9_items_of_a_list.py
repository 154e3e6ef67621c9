import torch


def total_of(parts):
    """parts: what each head said, one tensor for each of them"""
    said = torch.zeros(3)  # BUG: tensor-created-on-cpu
    for part in parts:
        said = torch.where(part > 0, part, said)
    return said
