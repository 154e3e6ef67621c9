import torch

print("CUDA:", torch.cuda.is_available())
torch.manual_seed(0)
if torch.cuda.is_available():
    torch.cuda.manual_seed_all(0)
model = torch.nn.Linear(4, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(5):
    loss = (model(torch.rand(8, 4)) - torch.rand(8, 1)).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
