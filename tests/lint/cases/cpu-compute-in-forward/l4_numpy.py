import numpy as np
import torch
from torch import nn


class Soft(nn.Module):
    def forward(self, x):
        values = x.detach().cpu().numpy()  # BUG: cpu-compute-in-forward
        peak = np.max(values, axis=-1)
        return x - torch.from_numpy(peak).to(x.device).unsqueeze(-1)
