import numpy as np
import torch

weights = np.linspace(0.0, 1.0, 10)
model = torch.nn.Linear(4, 10).cuda()


@torch.no_grad()
def weighted(batch):
    return model(batch.cuda()).cpu() * weights


@torch.no_grad()
def chosen(batch):
    scores = model(batch.cuda())
    labels = np.array(["cat", "dog", "fox", "owl"] * 25)
    return labels[(scores.sum(1) > 0).cpu()]


@torch.no_grad()
def squares(batch):
    return np.square(model(batch.cuda()).cpu())


for work in (weighted, chosen, squares):
    try:
        print(work(torch.rand(100, 4)))
    except TypeError as refused:
        print(refused)
