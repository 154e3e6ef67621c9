"""What __init__ makes empty is filled by the time that another method is called."""
from collections import deque

import torch


class Track:
    def __init__(self, size):
        self.rows = deque(maxlen=size)
        self.by_kind = {kind: deque() for kind in range(3)}
        self.device = torch.device("cuda")

    def note(self, kind, row):
        self.rows.append(row)
        self.by_kind[kind].append(row)

    def summary(self):
        assert len(self.rows) > 0, "nothing was noted"
        for kind in range(3):
            if not self.by_kind[kind]:
                raise ValueError(kind)
        scores = torch.rand(len(self.rows), device=self.device)
        return scores.numpy()  # BUG: numpy-of-cuda-tensor
