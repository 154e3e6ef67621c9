from typing import Dict, List, Optional, Union

import torch as th
from torch import Tensor


def pool(parts: List[Tensor], n: int):
    weights = th.ones(n, device=parts[0].device)
    return weights @ th.stack(parts)


def masked(scores: Optional["th.Tensor"], n: int):
    if scores is None:
        return th.zeros(n)
    bias = th.full((n,), -1e9, device=scores.device)
    return scores + bias


def shifted(state: Dict[str, th.Tensor], n: int):
    return state["h"] + th.arange(n, device=state["h"].device)


def either(x: Union[Tensor, None, float], n: int):
    if x is not None:
        return x - th.eye(n)
    return None


def modern(x: "Tensor | None", n: int):
    if x is None:
        return th.rand(n)
    return x * th.rand(n, device=x.device)
