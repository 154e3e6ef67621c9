import torch
from torch._subclasses.fake_tensor import FakeTensorMode

with FakeTensorMode():
    x = torch.randn(10000, 10000, 10000)
    print((x @ x).shape)
