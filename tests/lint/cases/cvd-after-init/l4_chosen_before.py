import os
import torch

use_cuda = torch.cuda.is_available()
os.environ["CUDA_VISIBLE_DEVICES"] = "2"  # BUG: cvd-after-init
device = torch.device("cuda" if use_cuda else "cpu")
net = torch.nn.Linear(4, 4).to(device)
