import os
import sys

import torch


def check():
    return torch.cuda.is_available()


if len(sys.argv) > 1:
    print(check())
else:
    os.environ["CUDA_VISIBLE_DEVICES"] = "0"
later = lambda: torch.cuda.is_available()
os.environ["CUDA_VISIBLE_DEVICES"] = "1"
if not torch.cuda.is_available():
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
print(os.environ["CUDA_VISIBLE_DEVICES"])
