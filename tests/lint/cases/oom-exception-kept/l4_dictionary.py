import torch

outcomes = {}


def bench(name, fn):
    try:
        outcomes[name] = fn()
    except torch.cuda.OutOfMemoryError as oom:
        outcomes[name] = oom  # BUG: oom-exception-kept


bench("big", lambda: torch.zeros(1 << 30, device="cuda").sum().item())
bench("small", lambda: torch.zeros(1 << 10, device="cuda").sum().item())
