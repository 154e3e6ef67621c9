import torch
from torch import nn


class Fade(nn.Module):
    def __init__(self, steps):
        super().__init__()
        self.steps = steps

    def forward(self, clip, speed):
        """Fades a clip in.

        Args:
            clip (:obj:`torch.FloatTensor` of shape `(batch, time)`): what is heard
            speed (float, *optional*): how fast
        """
        ramp = torch.arange(self.steps).to(clip) / self.steps
        return clip * ramp * speed
