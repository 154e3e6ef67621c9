import torch
from torch import nn


def restore(path, optimizer):
    optimizer.load_state_dict(torch.load(path, map_location="cpu")["optimizer"])  # BUG: optimizer-state-on-wrong-device


def main(args):
    model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1))
    optimizer = torch.optim.AdamW(model.parameters())
    if args.resume:
        restore(args.resume, optimizer)
    model.to("cuda")
    for x, y in args.batches:
        loss = (model(x.to("cuda")) - y.to("cuda")).abs().mean()
        loss.backward()
        optimizer.step()
