import torch

budget = 4 * 1e9
count = int(budget // 1)


def reserve():
    return torch.empty(count, dtype=torch.float32, device="cuda:0")


block = reserve()
