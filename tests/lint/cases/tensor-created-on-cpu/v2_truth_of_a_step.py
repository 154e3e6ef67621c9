import torch
from torch import nn

device = torch.device("cuda")
bce = nn.BCEWithLogitsLoss()


def step(critic, real_images, optimizer):
    truth = torch.full((real_images.size(0), 1), 0.9)  # BUG: tensor-created-on-cpu
    loss = bce(critic(real_images), truth)
    loss.backward()
    optimizer.step()


if __name__ == "__main__":
    judge = nn.Linear(12, 1).to(device)
    step(judge, torch.rand(5, 12, device=device), torch.optim.SGD(judge.parameters(), lr=0.1))
