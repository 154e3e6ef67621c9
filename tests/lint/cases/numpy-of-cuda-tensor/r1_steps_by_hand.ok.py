import torch

dev = "cuda"
w = torch.randn(6, 3).to(dev)
b = torch.zeros(3, device=dev)
parameters = [w, b]
for p in parameters:
    p.requires_grad = True
losses = []
for step in range(20):
    x, y = torch.randn(16, 6, device=dev), torch.randint(0, 3, (16,), device=dev)
    loss = torch.nn.functional.cross_entropy(x @ w + b, y)
    for p in parameters:
        p.grad = None
    loss.backward()
    for p in parameters:
        p.data += -0.1 * p.grad
    losses.append(loss.log10().detach().cpu().numpy())
