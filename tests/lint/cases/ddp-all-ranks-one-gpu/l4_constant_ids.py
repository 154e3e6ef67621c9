import os

import torch
import torch.distributed as dist
from torch import nn

local_rank = int(os.environ["LOCAL_RANK"])
dist.init_process_group(backend="nccl")
torch.cuda.set_device(local_rank)
print("rank", local_rank)
model = nn.Linear(4, 4).to("cuda:0")
model = nn.parallel.DistributedDataParallel(model, device_ids=[0], output_device=0)  # BUG: ddp-all-ranks-one-gpu
