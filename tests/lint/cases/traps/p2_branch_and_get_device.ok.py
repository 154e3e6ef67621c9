# The caller moves what nobody makes here, also the layer that a branch of __init__ makes; get_device() is where the input is.
import torch
from torch import nn


class Maker(nn.Module):
    def __init__(self, size: int, z_dim: int | None = None, is_vae: bool = True):
        super().__init__()
        self.is_vae = is_vae
        if not self.is_vae:
            self.first = nn.Conv2d(size, 8, 3)
        elif self.is_vae and z_dim is None:
            raise ValueError("z_dim")
        else:
            self.fc = nn.Linear(z_dim, 8)
        self.z_dim = z_dim

    def forward(self, seg, z: torch.Tensor | None = None):
        if not self.is_vae:
            x = torch.nn.functional.interpolate(seg, size=(4, 4))
            x = self.first(x)
        else:
            if z is None and self.z_dim is not None:
                z = torch.randn(seg.size(0), self.z_dim, dtype=torch.float32, device=seg.get_device())
            x = self.fc(z)
        return x
