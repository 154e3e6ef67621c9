import torch.nn as nn

VOCABULARY = 50_000
embed = nn.Embedding(VOCABULARY, 4096)
