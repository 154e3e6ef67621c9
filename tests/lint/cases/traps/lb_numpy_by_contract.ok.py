"""Plain functions and helpers get tensors from the CPU by contract, weights are written after the module came back, and what is
nowhere near a GPU may be NumPy's."""
import numpy as np
import torch
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def to_image(picture: torch.Tensor):
    return (picture.permute(1, 2, 0).numpy() * 255).astype(np.uint8)


class Embedder(nn.Module):
    def __init__(self, n, width):
        super().__init__()
        self.table = nn.Embedding(n, width)

    def forward(self, ids):
        return self.table(ids)

    def table_as_array(self):
        return self.table.weight.detach().numpy()

    def nearest(self, vectors: torch.Tensor, k):
        distances = np.linalg.norm(vectors.numpy()[:, None] - self.table.weight.detach().cpu().numpy(), axis=-1)
        return distances.argsort(axis=1)[:, :k]

    def probabilities(self, ids):
        return self.table(ids).softmax(-1).detach().cpu().numpy()
