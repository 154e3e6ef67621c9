import os

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel


def cpu(model):
    dist.init_process_group("gloo")
    return DistributedDataParallel(model)


def scoped(model, rank):
    with torch.cuda.device(rank):
        return DistributedDataParallel(model.cuda(), device_ids=[rank])


def wrapped(model, rank):
    return DistributedDataParallel(model, device_ids=[rank])
