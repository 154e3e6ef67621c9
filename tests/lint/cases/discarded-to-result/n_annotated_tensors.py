"""Loops that mean to move the tensors of a list, as its annotation calls them, in place."""
from typing import List, Optional, Tuple

import torch


class Remembers:
    _inputs: Optional[Tuple[torch.Tensor, ...]]
    device: torch.device

    def all_inputs(self):
        for x in self._inputs:
            x.to(self.device)  # BUG: discarded-to-result
        return self._inputs

    def keep(self, inputs: Optional[Tuple[torch.Tensor]]):
        if inputs is not None:
            for x in inputs:
                x.to(self.device)  # BUG: discarded-to-result
        self._inputs = inputs


def total(rows: List[torch.Tensor], device):
    for row in rows:
        row.to(device)  # BUG: discarded-to-result
    return torch.stack(rows).sum()
