from typing import Dict, List, Optional, Union

import torch as th
from torch import Tensor


def pool(parts: List[Tensor], n: int):
    weights = th.ones(n)  # BUG: tensor-created-on-cpu
    return weights @ th.stack(parts)


def masked(scores: Optional["th.Tensor"], n: int):
    if scores is None:
        return th.zeros(n)
    bias = th.full((n,), -1e9)  # BUG: tensor-created-on-cpu
    return scores + bias


def shifted(state: Dict[str, th.Tensor], n: int):
    return state["h"] + th.arange(n)  # BUG: tensor-created-on-cpu


def either(x: Union[Tensor, None], n: int):
    if x is not None:
        return x - th.eye(n)  # BUG: tensor-created-on-cpu
    return None


def modern(x: "Tensor | None", n: int):
    if x is None:
        return 0
    return x * th.rand(n)  # BUG: tensor-created-on-cpu
