from typing import List

import torch


def pad(rows: List[torch.Tensor]) -> torch.Tensor:
    return torch.nn.utils.rnn.pad_sequence(rows)
