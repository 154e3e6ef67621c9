"""Exponential moving average of the weights, warm-up by LambdaLR, gradient accumulation."""
import copy
import logging

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

logger = logging.getLogger(__name__)


class ModelEMA(object):
    def __init__(self, device, model, decay):
        self.ema = copy.deepcopy(model)
        self.ema.to(device)
        self.ema.eval()
        self.decay = decay
        self.param_keys = [k for k, _ in self.ema.named_parameters()]
        self.buffer_keys = [k for k, _ in self.ema.named_buffers()]
        for p in self.ema.parameters():
            p.requires_grad_(False)

    def update(self, model):
        with torch.no_grad():
            msd = model.state_dict()
            esd = self.ema.state_dict()
            for k in self.param_keys:
                esd[k].copy_(esd[k] * self.decay + (1. - self.decay) * msd[k].detach())
            for k in self.buffer_keys:
                esd[k].copy_(msd[k])


class WideBlock(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.bn = nn.BatchNorm1d(n_in)
        self.fc = nn.Linear(n_in, n_out)
        self.short = nn.Linear(n_in, n_out) if n_in != n_out else None

    def forward(self, x):
        y = self.fc(torch.relu(self.bn(x)))
        return y + (x if self.short is None else self.short(x))


class WideNet(nn.Module):
    def __init__(self, n_in, width, depth, classes):
        super().__init__()
        blocks = [WideBlock(n_in, width)]
        for _ in range(depth - 1):
            blocks.append(WideBlock(width, width))
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        return self.head(self.blocks(x))


def warmup(optimizer, steps):
    return LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / steps))


def accuracy(output, target, topk=(1,)):
    """Computes the accuracy over the k top predictions for the specified values of k"""
    with torch.no_grad():
        maxk = max(topk)
        _, pred = output.topk(maxk, 1, True, True)
        pred = pred.t()
        correct = pred.eq(target.view(1, -1).expand_as(pred))
        return [correct[:k].reshape(-1).float().sum(0, keepdim=True).mul_(100.0 / target.size(0)) for k in topk]


def main():
    torch.manual_seed(5)
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    model = WideNet(6, 16, 2, 4)
    model.to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
    scheduler = warmup(optimizer, 5)
    ema = ModelEMA(device, model, 0.9)
    data = [(torch.randn(8, 6), torch.randint(0, 4, (8,))) for _ in range(6)]
    accumulate = 2
    model.train()
    optimizer.zero_grad()
    for step, (inputs, targets) in enumerate(data):
        inputs = inputs.to(device)
        targets = targets.to(device)
        loss = nn.functional.cross_entropy(model(inputs), targets)
        loss = loss / accumulate
        loss.backward()
        if (step + 1) % accumulate == 0:
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
            ema.update(model)
    with torch.no_grad():
        inputs, targets = data[0]
        top1, top2 = accuracy(ema.ema(inputs.to(device)), targets.to(device), topk=(1, 2))
    logger.info("top1 %.1f top2 %.1f", top1.item(), top2.item())


if __name__ == '__main__':
    main()
