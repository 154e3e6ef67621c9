"""Empty at first, but another method, or whoever has the object, may have filled it before."""
import torch


class Table:
    def __init__(self):
        self.rows = None
        self.marks = None
        self.shift = None

    def prepare(self, like):
        self.rows = torch.zeros(8).to(like.device)

    def look(self, x: torch.Tensor):
        if self.rows is None:
            self.rows = torch.zeros(8)
            return x
        return x + self.rows

    def mark(self, x: torch.Tensor):
        if self.marks is None:
            self.marks = torch.zeros(8)
            self.marks = self.marks.to(x)
        return x * self.marks

    def move(self, x: torch.Tensor):
        if self.shift is not None:
            return x + self.shift
        return x


def given(table, shift):
    table.shift = shift.cpu()
    return table
