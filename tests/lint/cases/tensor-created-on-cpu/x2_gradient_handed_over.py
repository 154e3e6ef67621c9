import torch
from torch import Tensor, autograd


def pull_back(images: Tensor, render, steps: int = 4):
    images = images.detach().requires_grad_()
    for _ in range(steps):
        shades = (images * 0.5).flatten(1)
        seed = torch.ones(shades.shape)  # BUG: tensor-created-on-cpu
        (slope,) = autograd.grad([shades], [images], [seed])
        images = (images - 0.1 * slope).detach().requires_grad_()
    return images


def run_back(loss_per_ray: Tensor):
    loss_per_ray.backward(torch.ones(loss_per_ray.shape))  # BUG: tensor-created-on-cpu


def both(near: Tensor, far: Tensor):
    near, far = near.exp(), far.exp()
    autograd.backward([near, far], [torch.ones(near.shape, device=near.device), torch.ones(8, 4)])  # BUG: tensor-created-on-cpu


def unread(positions: Tensor, energy):
    total = energy(positions)
    forces = autograd.grad(total, positions, grad_outputs=[torch.ones(1)])  # BUG: tensor-created-on-cpu
    return forces[0]
