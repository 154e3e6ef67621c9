import torch

from masking import mask_some
from store import fetch

device = "cuda" if torch.cuda.is_available() else "cpu"
for name in fetch("names"):
    inputs, labels = (
        mask_some(fetch(name), 0.15)
        if name
        else (fetch(name), fetch(name))
    )
    print(name)
    inputs, labels = inputs.to(device), labels.to(device)
    print(fetch("model").to(device)(inputs, labels))
