import os
import torch


def describe():
    print("GPU:", torch.cuda.get_device_name())


def choose(gpu):
    os.environ["CUDA_VISIBLE_DEVICES"] = str(gpu)


if __name__ == "__main__":
    choose(1)
    describe()
    print(torch.ones(1).cuda())
