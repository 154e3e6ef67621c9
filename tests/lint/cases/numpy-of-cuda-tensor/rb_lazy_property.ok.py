"""A property makes the network when it is asked for the first time."""
import torch
from sizes import make_segmenter


class Masks:
    def __init__(self, weights, device="cuda"):
        self.weights = weights
        self.device = device
        self._net = None

    @property
    def net(self):
        if self._net is None:
            self._net = make_segmenter(self.weights).to(self.device).eval()
        return self._net

    def __call__(self, picture):
        x = torch.from_numpy(picture).permute(2, 0, 1)[None].float().to(self.device)
        return self.net(x).squeeze().cpu().numpy()
