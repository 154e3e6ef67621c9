"""A class of a package of which the package's own __init__.py says `from . import layers`, with layers made in branches."""
import tags.layers


class Tagger(tags.layers.Scorer):
    def tables(self):
        rows = self.steps.detach().numpy()  # BUG: numpy-of-cuda-tensor
        return rows

    def offsets(self):
        return self.bias.detach().numpy()  # BUG: numpy-of-cuda-tensor

    def normal(self, x):
        if hasattr(self, "norm"):
            x = self.norm(x)
        else:
            x = x.cpu()
        return x.cpu().numpy()
