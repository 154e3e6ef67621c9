import os
import subprocess

import torch

revision = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True).strip()
print(revision, "GPU" if torch.cuda.is_available() else "CPU")
os.environ["CUDA_VISIBLE_DEVICES"] = "0"  # BUG: cvd-after-init
net = torch.nn.Linear(2, 2).cuda()
