import os
import torch


def describe():
    print("GPU:", torch.cuda.get_device_name())


def choose(gpu):
    os.environ["CUDA_VISIBLE_DEVICES"] = str(gpu)  # BUG: cvd-after-init


if __name__ == "__main__":
    describe()
    choose(1)
    print(torch.ones(1).cuda())
