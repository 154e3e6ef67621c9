import torch
import torch.nn as nn


class Holder:
    pass


holder = Holder()
for name in ("enc", "dec"):
    setattr(holder, name, nn.Linear(2, 2))
for name in ("enc", "dec"):
    getattr(holder, name).cuda()
print(holder.dec(holder.enc(torch.rand(1, 2).cuda())))
