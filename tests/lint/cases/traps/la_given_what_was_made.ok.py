import torch


class Guide:
    """`embedded` could be called by others, but who reads it sees what it is for: numbers made a line above."""

    def embedded(self, w: torch.Tensor, size: int = 16) -> torch.Tensor:
        steps = torch.exp(torch.arange(size) * -0.1)
        return w[:, None] * steps[None, :]

    def run(self, scale, device):
        w = torch.tensor(scale)
        return self.embedded(w).to(device)
