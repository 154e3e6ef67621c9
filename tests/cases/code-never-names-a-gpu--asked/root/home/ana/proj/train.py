import torch

print("CUDA:", torch.cuda.is_available())
print(torch.cuda.get_device_name(0))
torch.cuda.manual_seed(1)
net = torch.nn.Linear(8, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(10):
    loss = net(torch.rand(4, 8)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
