# SPDX-License-Identifier: Apache-2.0
"""Accelerator: prepare() moves models and makes loaders yield moved batches."""
import contextlib

import torch
from torch.utils._pytree import tree_map_only
from torch.utils.data import DataLoader


class MovedLoader:
    def __init__(self, loader):
        self.loader, self.dataset = loader, loader.dataset

    def __len__(self):
        return len(self.loader)

    def __iter__(self):
        for batch in self.loader:
            yield batch.to("cuda") if hasattr(batch, "to") else tree_map_only(torch.Tensor, lambda t: t.to("cuda"), batch)


class Accelerator:
    is_main_process = is_local_main_process = sync_gradients = True
    num_processes = 1

    def __init__(self, **kwargs):
        self.device = torch.device("cuda")

    def prepare(self, *objects, **kwargs):
        out = [o.to("cuda") if isinstance(o, torch.nn.Module) else MovedLoader(o) if isinstance(o, DataLoader) else o for o in objects]
        return out[0] if len(out) == 1 else tuple(out)

    def backward(self, loss):
        loss.backward()

    def clip_grad_norm_(self, parameters, norm):
        return torch.nn.utils.clip_grad_norm_(parameters, norm)

    def gather(self, t):
        return t
    gather_for_metrics = gather

    def unwrap_model(self, model):
        return model

    def print(self, *args):
        print(*args)

    def autocast(self):
        return contextlib.nullcontext()

    def accumulate(self, *models):
        return contextlib.nullcontext()

    def wait_for_everyone(self):
        pass

    def save(self, obj, path):
        torch.save(obj, path)


class _Utils:
    @staticmethod
    def set_seed(seed):
        torch.manual_seed(seed)


utils = _Utils
