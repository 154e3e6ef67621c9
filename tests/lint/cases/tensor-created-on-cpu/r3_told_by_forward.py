from torch import nn
import torch


class Slope(nn.Module):
    def forward(self, frames):
        width = frames.shape[-1]
        return frames + torch.arange(width) * 0.1  # BUG: tensor-created-on-cpu
