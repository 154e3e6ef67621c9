import logging

import torch

logger = logging.getLogger(__name__)
dev = torch.device("cuda:0") if torch.cuda.is_available() else torch.device("cpu")
logger.info("device: %s", dev)

weight = torch.zeros(5, requires_grad=True, device=dev)
opt = torch.optim.LBFGS([weight])
points = torch.arange(50).view(10, 5).to(dev, torch.float32)


def closure():
    opt.zero_grad()
    loss = (points @ weight - 1).pow(2).sum()
    loss.backward()
    return loss


opt.step(closure)
