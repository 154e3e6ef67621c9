"""Factories of functions instead of classes; a recursive helper moves nested batches."""
import functools

import torch
import torch.nn as nn
import torch.utils.data as tud


def get_device(prefer_gpu=True):
    if prefer_gpu and torch.cuda.is_available():
        return torch.device("cuda", 0)
    return torch.device("cpu")


def move(obj, device):
    if isinstance(obj, torch.Tensor):
        return obj.to(device)
    if isinstance(obj, dict):
        return {k: move(v, device) for k, v in obj.items()}
    if isinstance(obj, (list, tuple)):
        return type(obj)(move(v, device) for v in obj)
    return obj


def make_train_step(model, loss_fn, optimizer):
    def train_step(x, y):
        model.train()
        yhat = model(x)
        loss = loss_fn(yhat, y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss.item()
    return train_step


def make_eval_step(model, metric):
    @torch.no_grad()
    def eval_step(x, y):
        model.eval()
        return metric(model(x), y)
    return eval_step


class Items(tud.Dataset):
    def __init__(self, n):
        self.rows = [{"x": torch.randn(4), "meta": {"id": i}} for i in range(n)]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        row = self.rows[i]
        return {**row, "y": row["x"].sum().view(1)}


def l1(pred, y):
    return (pred - y).abs().mean().item()


def main():
    torch.manual_seed(13)
    device = get_device()
    model = nn.Sequential(nn.Linear(4, 8), nn.SELU(), nn.Linear(8, 1)).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)
    train_step = make_train_step(model, nn.MSELoss(reduction="mean"), optimizer)
    eval_step = make_eval_step(model, l1)
    loader = tud.DataLoader(Items(30), batch_size=6, shuffle=True)
    to_gpu = functools.partial(move, device=device)
    for epoch in range(2):
        losses = []
        for batch in loader:
            batch = to_gpu(batch)
            losses.append(train_step(batch["x"], batch["y"]))
        probe = move(next(iter(loader)), device)
        print(epoch, sum(losses) / len(losses), eval_step(probe["x"], probe["y"]))


main()
