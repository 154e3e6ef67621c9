import torch
import torch.nn as nn

device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 4)).to(device)
confusion = torch.zeros(4, 4, dtype=torch.long)  # BUG: tensor-created-on-cpu
for _ in range(2):
    x, y = torch.rand(16, 3).to(device), torch.randint(0, 4, (16,)).to(device)
    pred = model(x).argmax(dim=-1)
    confusion.index_put_((y, pred), torch.ones_like(pred), accumulate=True)
print(confusion)
