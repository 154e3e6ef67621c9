import os

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel as DDP

rank = int(os.environ["LOCAL_RANK"])
torch.cuda.set_device(rank)
dist.init_process_group("nccl")
model = DDP(nn.Linear(5, 5).to(f"cuda:{rank}"), device_ids=[rank])
parts = [None] * dist.get_world_size()
dist.all_gather_object(parts, {"rank": rank})
torch.cuda.synchronize()
