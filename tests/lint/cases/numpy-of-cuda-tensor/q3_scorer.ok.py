import torch
from torch import Tensor, nn


class Scorer:
    """Runs on the GPU; what it is given has to be there."""

    def __init__(self, network: nn.Module):
        self.network = network.cuda().eval()

    @torch.no_grad()
    def __call__(self, pairs: Tensor):
        return self.network(pairs).sigmoid().cpu().numpy()
