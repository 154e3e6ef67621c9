import multiprocessing as mp

import torch


def work(rank, queue):
    x = torch.ones(4, device="cuda")
    queue.put((rank, x.sum().item()))


if __name__ == "__main__":
    mp.set_start_method("spawn")
    warm = torch.zeros(1).cuda()
    queue = mp.Queue()
    jobs = [mp.Process(target=work, args=(i, queue)) for i in range(2)]
    for j in jobs:
        j.start()
    for j in jobs:
        j.join()
