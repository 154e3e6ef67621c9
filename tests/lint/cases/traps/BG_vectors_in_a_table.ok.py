import pandas as pd
import torch
from torch import nn

encoder = nn.Linear(3, 4).to("cuda")
head = nn.Linear(4, 1).to("cuda")


def vector(row):
    return encoder(torch.tensor([row["a"], row["b"], row["c"]], device="cuda"))


# What apply() makes is wherever the function put it.
table = pd.read_csv("rows.csv")
vectors = table.apply(vector, axis=1)
print(head(torch.stack(tuple(vectors))))
print(head(torch.tensor(vectors[0])))
