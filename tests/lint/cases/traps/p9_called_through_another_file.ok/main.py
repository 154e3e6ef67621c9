import torch

from prepare import prepare

ids, labels = prepare(torch.tensor([[5, 7], [1, 2]]))
print(ids.cuda(), labels.cuda())
