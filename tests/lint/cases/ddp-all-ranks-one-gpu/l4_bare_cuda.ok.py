import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel


def train(gpu, args):
    dist.init_process_group(backend="nccl", init_method="env://", world_size=args.gpus, rank=gpu)
    torch.cuda.set_device(gpu)
    model = torch.nn.Linear(3, 3).cuda()
    model = DistributedDataParallel(model)
    model(torch.ones(1, 3).cuda()).sum().backward()


def main():
    import argparse

    parser = argparse.ArgumentParser()
    parser.add_argument("--gpus", type=int, default=2)
    args = parser.parse_args()
    torch.multiprocessing.spawn(train, nprocs=args.gpus, args=(args,))


if __name__ == "__main__":
    main()
