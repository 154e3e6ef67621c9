import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("roberta-base")
network = AutoModelForSequenceClassification.from_pretrained("roberta-base").to("cuda")
encoding = tokenizer(["fine", "poor"], padding=True, return_tensors="pt")
encoding["labels"] = torch.tensor([1, 0])
encoding["input_ids"] = encoding["input_ids"].to("cuda")
encoding["attention_mask"] = encoding["attention_mask"].to("cuda")
encoding["labels"] = encoding["labels"].to("cuda")
print(network(**encoding).loss)
