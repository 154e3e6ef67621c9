import torch
from torch import nn

from somewhere import load


class Scorer:
    def __init__(self, name, device=None):
        self.tokenizer, self.model = load(name)
        self.device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self.model.to(self.device)
        self.model.eval()
        self.loss = nn.CrossEntropyLoss(reduction="none")

    def score(self, texts):
        inputs = self.tokenizer(texts, return_tensors="pt", padding=True)
        labels = inputs["input_ids"]
        out = self.model(**{k: v.to(self.device) for k, v in inputs.items()})
        return self.loss(out["logits"].view(-1, 100), labels.view(-1))  # BUG: target-not-moved
