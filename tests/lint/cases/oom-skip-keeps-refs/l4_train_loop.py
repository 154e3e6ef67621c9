import torch


def train(model, loader, criterion, optimizer):
    for x, y in loader:
        try:
            out = model(x.cuda())
            loss = criterion(out, y.cuda())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        except torch.cuda.OutOfMemoryError:  # BUG: oom-skip-keeps-refs
            print("skipping a batch")
            torch.cuda.empty_cache()
            continue
