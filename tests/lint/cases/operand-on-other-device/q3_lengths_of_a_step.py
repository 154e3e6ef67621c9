"""Lightning has moved the batch when the step begins, with all that is in it."""
import lightning.pytorch as pl
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence


class Classifier(pl.LightningModule):
    def __init__(self, n_in: int = 8):
        super().__init__()
        self.rnn = nn.GRU(n_in, 16, batch_first=True)
        self.head = nn.Linear(16, 3)

    def summarize(self, x: dict[str, Tensor]) -> Tensor:
        steps = x["lengths"] + 1
        packed = pack_padded_sequence(x["signal"], steps, batch_first=True, enforce_sorted=False)  # BUG: operand-on-other-device
        return self.rnn(packed)[1][-1]

    def forward(self, x: dict[str, Tensor]) -> Tensor:
        return self.head(self.summarize(x))

    def training_step(self, batch, batch_idx):
        x, y = batch
        return nn.functional.cross_entropy(self(x), y)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters())
