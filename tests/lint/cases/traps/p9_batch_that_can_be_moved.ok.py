# A dict for the annotation, and a BatchEncoding in truth: it has .to(), and gives itself back.
from typing import Any, Dict

import torch
from transformers import Trainer


class Distiller(Trainer):
    def compute_loss(self, model, inputs, return_outputs=False):
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        inputs = inputs.to(device)
        outputs = model(**inputs)
        return (outputs.loss, outputs) if return_outputs else outputs.loss


def evaluate(model, inputs: Dict[str, torch.Tensor]):
    with torch.no_grad():
        return model(**inputs.to("cuda")).loss


def show(inputs: Dict[str, Any]):
    print(inputs.to("cuda"))
