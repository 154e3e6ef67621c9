import argparse
import os

import torch
import torch.nn as nn
import torch.distributed as distributed
from torch.nn.parallel import DistributedDataParallel


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(3, 3)

    def forward(self, x):
        return self.l(x)


def main(args):
    is_cuda_available = torch.cuda.is_available() and args.cuda
    local_rank = int(os.environ["LOCAL_RANK"])
    device = torch.device(f"cuda:{local_rank}" if is_cuda_available else "cpu")
    distributed.init_process_group(backend="nccl" if is_cuda_available else "gloo")
    if is_cuda_available:
        torch.cuda.set_device(local_rank)
    agent = Net().to(device)
    agent = DistributedDataParallel(
        agent,
        device_ids=[local_rank] if is_cuda_available else None,
        output_device=local_rank if is_cuda_available else None,
    )
    x = torch.zeros(2, 3, device=device)
    print(agent(x))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--cuda", action="store_true")
    main(parser.parse_args())
