import torch


def merge(halves):
    left, right = halves
    width = left.dim()
    ramp = torch.linspace(0, 1, 8, device=left.device)
    return ramp * left + (1 - ramp) * right, width


def place(sample):
    tokens = sample["tokens"]
    steps = torch.arange(128, device=tokens.device)
    total = tokens + steps
    return total if tokens.numel() else None


def blur(frames):
    out = []
    for frame in frames:
        taps = frame.new_ones(3, 1, 5, 5)
        if frame.dim() == 3:
            frame = frame[None]
        out.append(torch.conv2d(frame, taps, groups=3))
    return out


def corners(boxes, anchors):
    first = anchors[0]
    grid = torch.zeros_like(first)
    shift = first - grid
    return boxes + shift.unsqueeze(0), first.masked_fill(first < 0, 0)
