import torch
from torch.utils.data import DataLoader
from transformers import AutoModelForSequenceClassification, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("roberta-base")
rows = [("fine", 1), ("poor", 0)] * 8


def together(samples):
    encoding = tokenizer([text for text, _ in samples], padding=True, return_tensors="pt")
    encoding["labels"] = torch.tensor([label for _, label in samples])
    return encoding


network = AutoModelForSequenceClassification.from_pretrained("roberta-base", num_labels=2).to("cuda")
for encoding in DataLoader(rows, batch_size=4, collate_fn=together):
    network(**encoding).loss.backward()  # BUG: input-not-moved
