import torch


def train_lines(features: torch.Tensor, labels: torch.Tensor, lr=0.1):
    weight = torch.zeros(features.shape[1], 1, device=features.device, requires_grad=True)
    loss = ((features @ weight - labels) ** 2).mean()
    loss.backward()
    return weight - lr * weight.grad
