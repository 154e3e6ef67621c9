import torch
import torchmetrics

device = torch.device("cuda")
accuracy = torchmetrics.Accuracy(task="multiclass", num_classes=3).to(device)
model = torch.nn.Linear(4, 3).to(device)
x = torch.rand(8, 4).to(device)
y = torch.randint(0, 3, (8,)).to(device)
accuracy(model(x), y)
print(accuracy.compute())
