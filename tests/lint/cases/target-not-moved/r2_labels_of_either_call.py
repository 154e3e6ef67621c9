import torch
from torch import nn

from somewhere import load


class Scorer:
    def __init__(self, name, max_length=None):
        self.tokenizer, self.model = load(name)
        self.max_length = max_length
        self.model.cuda()
        self.model.eval()
        self.loss = nn.CrossEntropyLoss(reduction="none")

    def score(self, texts, answers):
        if self.max_length is not None:
            inputs = self.tokenizer(texts, return_tensors="pt", padding="max_length", max_length=self.max_length)
            right = self.tokenizer(text_target=answers, return_tensors="pt", padding="max_length")
        else:
            inputs = self.tokenizer(texts, return_tensors="pt", padding=True)
            right = self.tokenizer(text_target=answers, return_tensors="pt", padding=True)
        labels = right["input_ids"]
        labels[labels == self.tokenizer.pad_token_id] = -100
        inputs["labels"] = labels.cuda()
        with torch.no_grad():
            out = self.model(**{k: v.cuda() for k, v in inputs.items()})
        return self.loss(out["logits"].view(-1, 100), labels.view(-1))  # BUG: target-not-moved
