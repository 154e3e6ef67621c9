from dataclasses import dataclass

import numpy as np
import torch


@dataclass
class Camera:
    origin: torch.Tensor
    axis: torch.Tensor
    width: int

    def pixels(self):
        return torch.arange(self.width).float()

    def rays(self):
        across = self.pixels().view(1, -1, 1)
        return self.origin.view(-1, 1, 3) + self.axis.view(-1, 1, 3) * across


def around(n):
    """The only place where cameras come from, and they come on the CPU."""
    turn = np.linspace(0, 2 * np.pi, n)
    places = np.stack([np.sin(turn), np.cos(turn), 0 * turn], axis=1)
    return Camera(torch.from_numpy(places).float(), torch.from_numpy(-places).float(), 64)
