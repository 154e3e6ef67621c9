import torch.nn as nn

VOCABULARY = 50_000 * 100_000
embed = nn.Embedding(VOCABULARY, 4096)  # BUG: allocation-impossible
