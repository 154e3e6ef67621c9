import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

name = "bert-base-uncased"
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
tokenizer = AutoTokenizer.from_pretrained(name)
model = AutoModelForSequenceClassification.from_pretrained(name).to(device)
batch = tokenizer(["a text", "another"], padding=True, return_tensors="pt")
with torch.no_grad():
    logits = model(**batch).logits  # BUG: input-not-moved
print(logits)
