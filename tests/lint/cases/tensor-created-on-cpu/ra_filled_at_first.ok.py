"""What __init__ left empty and the method alone fills is empty when it is called for the first time."""
import torch


class Confusion:
    def __init__(self, classes):
        self.classes = classes
        self.counts = None

    def reset(self):
        self.counts = None

    def update(self, truth, guess):
        n = self.classes
        if self.counts is None:
            self.counts = torch.zeros((n, n), dtype=torch.int64, device=truth.device)
        known = (truth >= 0) & (truth < n)
        places = n * truth[known].to(torch.int64) + guess[known]
        self.counts += torch.bincount(places, minlength=n**2).reshape(n, n)


class Mean:
    def __init__(self):
        self.total = None

    def add(self, values: torch.Tensor):
        if self.total is None:
            self.total = torch.zeros(values.shape[1], device=values.device)
        self.total = self.total + values.sum(dim=0)
        return self.total
