import contextlib
import torch
import torch.nn as nn


@contextlib.contextmanager
def borrowed(module, device):
    before = next(module.parameters()).device
    module.to(device)
    try:
        yield module
    finally:
        module.to(before)


vae = nn.Linear(8, 4)
with borrowed(vae, "cuda") as net:
    z = net(torch.rand(2, 8, device="cuda"))
print(vae(torch.rand(1, 8)), z.cpu())
