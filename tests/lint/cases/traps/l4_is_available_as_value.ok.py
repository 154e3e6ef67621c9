import unittest.mock

import torch

original = torch.cuda.is_available
checks = [torch.cuda.is_available, torch.backends.mps.is_available]
print([check() for check in checks], original())
probe = torch.cuda.is_available
if probe():
    print("cuda")
with unittest.mock.patch.object(torch.cuda, "is_available", return_value=False):
    print(torch.cuda.is_available())
if hasattr(torch.cuda, "is_available") and torch.cuda.is_available():
    print("yes")
print(getattr(torch.cuda, "is_bf16_supported", None))
if torch.cuda.is_available is not None and callable(torch.cuda.is_available):
    print(torch.cuda.is_available.__doc__)
