from torch.nn import Conv2d, Module


class Scales(Module):
    def __init__(self, scales):
        super().__init__()
        self.by_scale = {s: Conv2d(3, 8, 2 * s + 1, padding=s) for s in scales}  # BUG: python-dict-of-modules

    def forward(self, image):
        return {s: conv(image) for s, conv in self.by_scale.items()}
