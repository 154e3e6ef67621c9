# A transform is called in the workers of a loader, with what is on the CPU, though it is no Dataset and no Module.
import torch


class Jitter:
    def __init__(self, weights, strength):
        self.strength = strength
        self.weights = weights.to(torch.float32)

    def __call__(self, picture):
        return picture + torch.randn(picture.shape) * self.strength
