import torch


def tint(image: torch.Tensor, style):
    if "warm" in style:
        gains = [1.2, 1.0, 0.8]
    elif "cold" in style:
        gains = (0.8, 1.0, 1.2)
    else:
        gains = [1.0 for _ in range(3)]
    gains = torch.tensor(gains, device=image.device)
    return image * gains.view(3, 1, 1)


def lattice(grid: torch.Tensor, style):
    even, odd = 0, 1
    for axis in range(grid.dim()):
        last = even, odd
        even = [last[k % 2] for k in range(grid.size(axis))]
        odd = [last[1 - k % 2] for k in range(grid.size(axis))]
    marks = odd if style.startswith("odd") else even
    cells = torch.as_tensor(marks, device=grid.device)
    return grid[..., None].flatten(1) * cells[None]


def taps(signal: torch.Tensor, style):
    kernel = [[0.25, 0.5, 0.25]] if "soft" in style else [[0.5, 0.5]]
    kernel = signal.new_tensor(kernel)
    return torch.nn.functional.conv1d(signal, kernel[None])
