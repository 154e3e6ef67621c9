# The annotation says tuple, the caller hands over one complex tensor: an annotation proves nothing about .to().
import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = nn.Linear(8, 8)

    def forward(self, states: torch.Tensor, rotary: tuple[torch.Tensor, torch.Tensor]):
        query = self.query(states)
        return torch.view_as_real(torch.view_as_complex(query) * rotary.to(query.device))
