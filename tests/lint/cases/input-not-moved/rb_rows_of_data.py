"""Rows that a server is handed, made tensors one by one, for a network of the GPU."""
import torch
from serving import Stage
from torch.nn.utils.rnn import pad_sequence
from transformers import AutoModelForSequenceClassification


class Classify(Stage):
    def __init__(self):
        super().__init__()
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model = AutoModelForSequenceClassification.from_pretrained("distilbert")
        self.model.to(self.device)

    def forward(self, requests):
        rows = [torch.tensor(request) for request in requests]
        batch = pad_sequence(rows, batch_first=True)
        return self.model(batch)[0].softmax(1).tolist()  # BUG: input-not-moved
