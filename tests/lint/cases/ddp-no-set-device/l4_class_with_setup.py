import torch
import torch.distributed as dist
import torch.nn.parallel


def setup(rank, size):
    dist.init_process_group("nccl", init_method="tcp://127.0.0.1:29511", rank=rank, world_size=size)


class Trainer:
    def __init__(self, model, gpu_id):
        self.gpu_id = gpu_id
        self.model = model.to(gpu_id)
        self.model = torch.nn.parallel.DistributedDataParallel(self.model, device_ids=[gpu_id])  # BUG: ddp-no-set-device

    def step(self, x):
        return self.model(x.to(self.gpu_id))


def main(rank, size):
    setup(rank, size)
    Trainer(torch.nn.Linear(20, 1), rank).step(torch.rand(8, 20))
    dist.destroy_process_group()


if __name__ == "__main__":
    torch.multiprocessing.spawn(main, args=(2,), nprocs=2)
