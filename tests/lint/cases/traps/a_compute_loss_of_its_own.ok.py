# compute_loss of a class that no library is known to call: its batch may well be on the CPU.
import torch
from torch import nn


class Fitter:
    def compute_loss(self, model, inputs, return_outputs=False):
        labels = inputs.pop("labels")
        outputs = model(**inputs)
        criterion = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 4.0]))
        loss = criterion(outputs.logits.view(-1, 2), labels.view(-1))
        return (loss, outputs) if return_outputs else loss
