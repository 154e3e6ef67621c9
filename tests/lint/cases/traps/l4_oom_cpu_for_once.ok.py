import torch


def norm(x):
    try:
        return torch.linalg.svdvals(x)
    except torch.cuda.OutOfMemoryError:
        return torch.linalg.svdvals(x.cpu()).to(x.device)


def step(model, x, device):
    try:
        return model(x)
    except torch.cuda.OutOfMemoryError:
        model.cpu()
        out = model(x.cpu())
        model.to(device)
        return out


def free(model, x):
    try:
        return model(x)
    except RuntimeError as e:
        if "out of memory" in str(e):
            model.cpu()
            torch.cuda.empty_cache()
        raise
