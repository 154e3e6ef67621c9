import torch
from torch.utils.data import Dataset, DataLoader

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Table(Dataset):
    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        x, y = self.rows[index]
        x = torch.tensor(x, dtype=torch.float32)
        return x, y


model = torch.nn.Linear(2, 2).to(device)
data = Table([([0.0, 1.0], 0), ([1.0, 0.0], 1)])
loader = DataLoader(data, batch_size=1, shuffle=True, num_workers=4)
for x, y in loader:
    print(model(x.to(device)), y)
