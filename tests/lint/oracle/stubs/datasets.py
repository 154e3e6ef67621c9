# SPDX-License-Identifier: Apache-2.0
"""load_dataset: rows of text with labels; set_format("torch") makes CPU tensors."""
import torch


class Rows:
    def __init__(self, columns):
        self.columns, self.torch = columns, False

    def __len__(self):
        return len(next(iter(self.columns.values())))

    def __getitem__(self, i):
        row = {k: v[i] for k, v in self.columns.items()}
        return {k: torch.tensor(v) for k, v in row.items()} if self.torch else row

    def map(self, f, batched=False, **kwargs):
        added = f(self.columns) if batched else {}
        return Rows({**self.columns, **{k: v for k, v in added.items()}})

    def remove_columns(self, names):
        return Rows({k: v for k, v in self.columns.items() if k not in names})

    def rename_column(self, old, new):
        return Rows({new if k == old else k: v for k, v in self.columns.items()})

    def set_format(self, kind, **kwargs):
        self.torch = kind == "torch"

    def shuffle(self, seed=None):
        return self

    def select(self, rows):
        return Rows({k: [v[i] for i in rows] for k, v in self.columns.items()})


def load_dataset(*args, split=None, **kwargs):
    texts = ["a film of great charm", "dull and much too long", "I would see it twice", "not my kind of thing"] * 4
    made = {part: Rows({"text": list(texts), "label": [1, 0, 1, 0] * 4}) for part in ("train", "test", "validation")}
    return made[split.split("[")[0]] if split else made
