from multiprocessing import Process

import torch


def run(n):
    print(torch.ones(n).cuda())


if __name__ == "__main__":
    p = Process(target=run, args=(3,))
    p.start()
    p.join()
    print(torch.cuda.is_available())
