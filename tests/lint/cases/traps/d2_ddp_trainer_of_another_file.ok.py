# A trainer without a program: the script that makes it may have chosen each rank's GPU before.
import torch
import torch.distributed as dist


class Trainer:
    def __init__(self, model, local_rank, world_size):
        dist.init_process_group(backend="nccl", init_method="env://", rank=local_rank, world_size=world_size)
        model = model.cuda()
        self.model = torch.nn.parallel.DistributedDataParallel(model, device_ids=[local_rank])

    def mix(self, batch):
        weights = torch.rand(batch.size(0), 1).cuda()
        torch.cuda.synchronize()
        return weights * batch.cuda()
