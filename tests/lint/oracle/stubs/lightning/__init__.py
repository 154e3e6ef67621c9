# SPDX-License-Identifier: Apache-2.0
"""LightningModule and Trainer: fit() moves the module and every batch, predict and validate too."""
import torch
from torch import nn
from torch.utils._pytree import tree_map_only


class LightningModule(nn.Module):
    def log(self, *args, **kwargs):
        pass

    log_dict = save_hyperparameters = log

    @property
    def device(self):
        return next(self.parameters()).device


class LightningDataModule:
    def prepare_data(self):
        pass

    def setup(self, stage=None):
        pass


def to_gpu(batch):
    return tree_map_only(torch.Tensor, lambda t: t.to("cuda"), batch)


class Trainer:
    def __init__(self, **kwargs):
        self.epochs = kwargs.get("max_epochs", 1)

    def fit(self, module, train_dataloaders=None, val_dataloaders=None, datamodule=None):
        if datamodule is not None:
            datamodule.setup("fit")
            train_dataloaders, val_dataloaders = datamodule.train_dataloader(), datamodule.val_dataloader()
        module.to("cuda")
        optimizer = module.configure_optimizers()
        optimizer = optimizer[0][0] if isinstance(optimizer, tuple) else optimizer["optimizer"] if isinstance(optimizer, dict) \
            else optimizer
        for _ in range(self.epochs):
            module.train()
            for i, batch in enumerate(train_dataloaders):
                out = module.training_step(to_gpu(batch), i)
                loss = out["loss"] if isinstance(out, dict) else out
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            if val_dataloaders is not None:
                self.validate(module, val_dataloaders)

    @torch.no_grad()
    def validate(self, module, loader):
        module.to("cuda").eval()
        for i, batch in enumerate(loader):
            module.validation_step(to_gpu(batch), i)

    @torch.no_grad()
    def test(self, module, loader):
        module.to("cuda").eval()
        for i, batch in enumerate(loader):
            module.test_step(to_gpu(batch), i)


def seed_everything(seed):
    torch.manual_seed(seed)
