"""An optimizer of its own: parameters and gradients are where the model is, the state is made without them."""
import torch
from torch.optim.optimizer import Optimizer


class Damped(Optimizer):
    def __init__(self, params, lr=1e-2, decay=0.9, clip=None):
        super().__init__(params, dict(lr=lr, decay=decay))
        self.clip = clip

    @torch.no_grad()
    def step(self, closure=None):
        total = torch.zeros(1)  # BUG: tensor-created-on-cpu
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    total += p.grad.pow(2).sum()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if len(state) == 0:
                    state["step"] = 0
                    state["slow"] = torch.zeros(p.shape)  # BUG: tensor-created-on-cpu
                state["step"] += 1
                slow = state["slow"]
                slow.mul_(group["decay"]).add_(p.grad, alpha=1 - group["decay"])
                p.add_(slow, alpha=-group["lr"])
