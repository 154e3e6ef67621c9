import multiprocessing as mp

import torch
import torch.multiprocessing as tmp


def on_cpu(i):
    return torch.ones(i).sum().item()


def on_gpu(rank, n):
    return torch.ones(n).cuda(rank).sum().item()


if __name__ == "__main__":
    print(torch.cuda.is_available())
    with mp.Pool(2) as pool:
        print(pool.map(on_cpu, [1, 2]))
    tmp.spawn(on_gpu, args=(3,), nprocs=2)
    child = mp.get_context("forkserver").Process(target=on_gpu, args=(0, 3))
    child.start()
