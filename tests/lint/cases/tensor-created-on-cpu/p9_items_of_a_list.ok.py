import torch


def total_of(parts):
    """parts: what each head said, one tensor for each of them"""
    said = parts[0].new_zeros(3)
    for part in parts:
        said = torch.where(part > 0, part, said)
    return said
