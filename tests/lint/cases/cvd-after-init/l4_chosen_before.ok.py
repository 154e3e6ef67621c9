import os
import torch

os.environ["CUDA_VISIBLE_DEVICES"] = "2"
use_cuda = torch.cuda.is_available()
device = torch.device("cuda" if use_cuda else "cpu")
net = torch.nn.Linear(4, 4).to(device)
