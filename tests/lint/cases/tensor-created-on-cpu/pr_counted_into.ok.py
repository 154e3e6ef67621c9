"""Bit masks of visited places, packed into numbers: which number and which bit of it?"""
import torch

from masks import stored_mask

mask = stored_mask("tour", device="cuda")
places = torch.randint(0, 128, (16, 1), device="cuda")
numbers = torch.arange(mask.size(-1), out=mask.new())
here = (places >= numbers * 64) & (places < (numbers + 1) * 64)
print((mask | (here.long() << (places % 64))).sum())
