import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.nn.parallel import DistributedDataParallel as DDP


def run(rank, world):
    dist.init_process_group("nccl", init_method="tcp://127.0.0.1:23456", rank=rank, world_size=world)
    torch.cuda.set_device(rank)
    model = torch.nn.Linear(3, 3).cuda()
    model = DDP(model)
    model(torch.ones(1, 3).cuda()).sum().backward()


if __name__ == "__main__":
    mp.spawn(run, args=(4,), nprocs=4)
