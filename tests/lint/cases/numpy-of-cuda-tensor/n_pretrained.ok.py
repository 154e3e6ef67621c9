"""Embeddings of a model of transformers that was moved, asked for an array."""
import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

device = "cuda" if torch.cuda.is_available() else "cpu"
tokenizer = AutoTokenizer.from_pretrained("bert-base-uncased")
model = AutoModel.from_pretrained("bert-base-uncased").to(device)

rows = []
for line in ["a walk", "a talk"]:
    inputs = tokenizer(line, return_tensors="pt").to(device)
    with torch.no_grad():
        outputs = model(**inputs)
    rows.append(outputs.last_hidden_state[:, 0, :].cpu().numpy())
print(np.concatenate(rows).shape)
