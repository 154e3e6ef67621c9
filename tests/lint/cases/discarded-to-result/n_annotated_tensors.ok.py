"""The same with the results kept, or of modules, or of what may be either."""
from typing import Dict, List, Optional, Tuple, Union

import torch
from torch import nn


class Remembers:
    _inputs: Optional[Tuple[torch.Tensor, ...]]
    _layers: List[nn.Module]
    device: torch.device

    def all_inputs(self):
        return tuple(x.to(self.device) for x in self._inputs)

    def move(self):
        for layer in self._layers:
            layer.to(self.device)

    def keep(self, inputs: Optional[Tuple[torch.Tensor]]):
        kept = []
        for x in inputs:
            x = x.to(self.device)
            kept.append(x)
        self._inputs = tuple(kept)


def either(parts: List[Union[nn.Module, torch.Tensor]], device):
    for part in parts:
        part.to(device)
    return parts


def named(rows: Dict[str, torch.Tensor], device):
    for name in rows:
        rows[name] = rows[name].to(device)
    return rows


def bare(parts, device):
    for part in parts:
        part.to(device)
    return parts
