import os

import torch
from torch import distributed, nn

local_rank = int(os.environ["LOCAL_RANK"])
distributed.init_process_group(backend="nccl")
device = torch.device("cuda", local_rank)
net = nn.Sequential(nn.Linear(4, 4), nn.ReLU()).to(device)
net = nn.parallel.DistributedDataParallel(net, device_ids=[local_rank], output_device=local_rank)  # BUG: ddp-no-set-device
loss = net(torch.ones(2, 4, device=device)).sum()
loss.backward()
