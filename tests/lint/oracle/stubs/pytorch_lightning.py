# SPDX-License-Identifier: Apache-2.0
from lightning import *  # noqa: F401,F403
from lightning import LightningDataModule, LightningModule, Trainer, seed_everything  # noqa: F401
