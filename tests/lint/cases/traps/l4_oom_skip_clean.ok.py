import torch


def one(model, opt, loader, step):
    for batch in loader:
        try:
            step(model, opt, batch)
        except torch.cuda.OutOfMemoryError:
            opt.zero_grad()
            continue


def two(model, opt, loader):
    for batch in loader:
        loss = None
        try:
            loss = model(batch).sum()
            loss.backward()
        except torch.cuda.OutOfMemoryError:
            print("no room")
            raise


def three(model, opt, loader):
    for batch in loader:
        try:
            loss = model(batch).sum()
            loss.backward()
        except torch.cuda.OutOfMemoryError:
            break
        finally:
            loss = None


def four(model, loader):
    for batch in loader:
        out = None
        try:
            out = model(batch)
            out.sum().backward()
        except torch.cuda.OutOfMemoryError:
            del out
            continue
