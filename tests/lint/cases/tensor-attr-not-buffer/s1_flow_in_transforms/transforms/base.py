from torch import nn


class Transform(nn.Module):
    def inverse(self, inputs):
        raise NotImplementedError
