import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset


class Rows(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, i):
        return {"x": torch.rand(3), "mask": torch.ones(3)}


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = nn.Linear(3, 1).to(device)
for batch in DataLoader(Rows(), batch_size=2):
    for key in batch:
        batch[key] = batch[key].to(device)
    print(model(batch["x"] * batch["mask"]))
