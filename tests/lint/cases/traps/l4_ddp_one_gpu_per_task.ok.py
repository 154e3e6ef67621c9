import os

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel as DDP

rank = int(os.environ["SLURM_PROCID"])
dist.init_process_group("nccl", rank=rank, world_size=int(os.environ["SLURM_NTASKS"]))
torch.cuda.set_device(0)
model = DDP(torch.nn.Linear(3, 3).cuda(), device_ids=[0])
