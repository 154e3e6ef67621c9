from typing import Dict, Tuple

import torch
from torch import Tensor, nn
from torch.nn.utils import rnn


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(6, 12, batch_first=True)
        self.out = nn.Linear(12, 1)

    def warm_up(self, history: Dict[str, Tensor]) -> Tuple[Tensor, Tensor]:
        steps = history["steps"] - 1
        steps = steps.where(steps > 0, torch.ones_like(steps))
        _, state = self.lstm(
            rnn.pack_padded_sequence(history["values"], steps.cpu(), batch_first=True, enforce_sorted=False)
        )
        return state

    def forward(self, x: Dict[str, Tensor]) -> Tensor:
        state = self.warm_up(x)
        future, _ = self.lstm(x["future"], state)
        return self.out(future) * x["scale"]
