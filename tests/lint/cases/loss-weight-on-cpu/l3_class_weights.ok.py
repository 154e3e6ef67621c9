import torch
import torch.nn as nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
weights = torch.tensor([1.0, 5.0])
criterion = nn.CrossEntropyLoss(weight=weights).to(device)
model = nn.Linear(6, 2).to(device)
x = torch.randn(4, 6).to(device)
y = torch.randint(0, 2, (4,)).to(device)
loss = criterion(model(x), y)
loss.backward()
