import torch

x = torch.rand(100, 3)
y = x @ torch.tensor([[1.0], [2.0], [3.0]])
w = torch.zeros(3, 1, requires_grad=True)
for step in range(200):
    loss = ((x @ w - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad.zero_()
print(w.device, w.flatten().tolist())
