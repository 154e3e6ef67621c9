"""Optimizers that may well work on the CPU: counters without a dimension, a state that another method fills, sums taken to the
host, parameters that the caller is told to keep there."""
import torch
from torch.optim import Optimizer, SGD


class Counted(Optimizer):
    def __init__(self, params, lr=1e-3):
        super().__init__(params, {"lr": lr})

    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                if "step" not in state:
                    state["step"] = torch.tensor(0.0)
                    state["norms"] = torch.zeros(10)
                state["step"] += 1
                state["norms"][int(state["step"]) % 10] = p.grad.norm().item()
                p.data.add_(p.grad, alpha=-float(group["lr"] / state["step"]))


class Filled(SGD):
    def prepare(self, like):
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p]["anchor"] = torch.zeros(p.shape).to(like)

    def pull(self, strength):
        for group in self.param_groups:
            for p in group["params"]:
                p.data.sub_(self.state[p]["anchor"] * strength)


class OnHost(Optimizer):
    """Keeps all parameters in main memory."""

    def __init__(self, params, rate):
        super().__init__(params, {"rate": rate})
        self.total = torch.zeros(1)

    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                self.total += p.grad.cpu().abs().sum()
                p.data -= group["rate"] * p.grad
