import os
import torch


def build(device=torch.device("cuda" if torch.cuda.is_available() else "cpu")):
    return torch.nn.Linear(3, 3).to(device)


os.environ["CUDA_VISIBLE_DEVICES"] = ""  # BUG: cvd-after-init
build()
