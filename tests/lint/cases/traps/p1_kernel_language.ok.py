"""Kernels in a language that only looks like Python: numbers have methods there, and nothing is a tensor of torch."""
import torch
import triton
import triton.language as tl
from numba import cuda


@triton.jit
def barrier(flags):
    one = 1
    one_there = one.to(tl.uint32)
    expected = tl.num_programs(0).to(tl.uint32)
    tl.atomic_add(flags, expected - one_there, sem="release")


@triton.autotune(configs=[triton.Config({"BLOCK": 128})], key=["n"])
@triton.jit
def add_kernel(x, y, out, n, BLOCK: tl.constexpr):
    scale = 2.0
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(out + at, tl.load(x + at) + tl.load(y + at) * scale.to(tl.float32), mask=at < n)


@cuda.jit
def double(x):
    i = cuda.grid(1)
    two = 2
    x[i] = x[i] * two.to(x.dtype)


def add(x: torch.Tensor, y: torch.Tensor):
    out = torch.empty_like(x)
    add_kernel[(triton.cdiv(x.numel(), 128),)](x, y, out, x.numel())
    return out
