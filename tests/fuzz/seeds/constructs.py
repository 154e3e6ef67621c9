#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""Every kind of statement and expression once."""
from __future__ import annotations
import os.path as osp, sys
from . import sibling
from ..above import (name as other, second,)
from torch.nn import *

x: int = 1
a = b = [*x, 1][0:2, ...]
(c, *d), e.f = {1: 2, **x}, {1, 2}
g = (yield)
h = lambda p, *q, r=1, **s: p if r else (t := q)
i = f"cuda:{a!r:>{b}}" 'more' rb'\x00' if not a < b <= c is not d in e else 1j
j += -1 ** ~2 @ 3 // 4 << 5
del a, b[0]
assert x, "message"
global k


@decorator(1)
async def function(a, /, b: int, *args, c=1, **kwargs) -> Dict[str, "T"]:
    nonlocal z
    async with a as b, c: pass
    async for d, in e:
        await f
        if g: break
        elif h: continue
        else: return
    else:
        raise ValueError from None
    yield from (w for v in u if t for s in r)


class Model(nn.Module, metaclass=Meta):
    attribute: Tensor
    def forward(self, x):
        try:
            with torch.no_grad():
                return self.net(x.to(self.device)).cuda()
        except (RuntimeError, OSError) as error:
            print(error)
        except* TypeError:
            pass
        finally:
            while True:
                x @= {k: v for k, v in x}
        match x, y:
            case {"a": [b, *c], **d} if e: pass
            case Point(x=0) | 3 | "s" as f: pass
            case _: type Alias[T] = int
