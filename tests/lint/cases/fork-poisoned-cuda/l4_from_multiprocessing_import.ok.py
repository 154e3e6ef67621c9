from multiprocessing import Process

import torch


def run(name):
    for step in range(3):
        t = torch.full((2, 2), step).to("cuda:0")
        print(name, t.sum())


p = Process(target=run, args=("a",))
p.start()
p.join()
