import torch
from tqdm import trange


@torch.no_grad()
def sample(model, n_steps, shape, device):
    x = torch.randn(shape).to(device)
    for i in trange(n_steps):
        t = torch.full((shape[0],), i)  # BUG: tensor-created-on-cpu
        x = x - 0.1 * model(x, t)
    return x
