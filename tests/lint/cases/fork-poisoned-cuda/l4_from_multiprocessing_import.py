from multiprocessing import Process

import torch


def run(name):
    for step in range(3):
        t = torch.full((2, 2), step).to("cuda:0")
        print(name, t.sum())


torch.cuda.set_device(0)
p = Process(target=run, args=("a",))  # BUG: fork-poisoned-cuda
p.start()
p.join()
