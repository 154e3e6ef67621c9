"""Moved to where another tensor is, and thrown away."""
import torch


def step(model, rows, wanted):
    mask = torch.Tensor([[w is not None for w in row] for row in wanted])
    logits = model(rows)
    mask.to(logits.device)  # BUG: discarded-to-result
    return (logits * mask).sum()


def face(points, direction):
    place = points.device
    if isinstance(direction, list):
        direction = torch.tensor(direction, device=place)
    elif torch.is_tensor(direction):
        direction.to(place)  # BUG: discarded-to-result
    return points - direction
