import torch

device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
model = torch.nn.Linear(10, 2).to(device)
x = torch.rand(5, 10).to(device)
with torch.no_grad():
    scores = model(x)
print(scores.numpy())  # BUG: numpy-of-cuda-tensor
