import torch
from sentence_transformers import SentenceTransformer
from torch import nn

vectors = SentenceTransformer("all-mpnet-base-v2", device="cuda").encode(["one", "two", "three"], convert_to_tensor=True)
probe = nn.Linear(768, 2).to("cuda")
print(probe(torch.tensor(vectors)))
