import torch
import torch.nn.functional as F
from torch import nn


class WeightedLoss(nn.Module):
    def __init__(self, loss_weight=1.0):
        super().__init__()
        self.loss_weight = loss_weight

    def _forward(self, *args, **kwargs):
        raise NotImplementedError

    def forward(self, *args, **kwargs):
        return self._forward(*args, **kwargs) * self.loss_weight


class SoftCrossEntropy(WeightedLoss):
    """Cross entropy of soft labels.

    Args:
        class_weight (list[float] | None): weight of each class.
    """

    def __init__(self, loss_weight=1.0, class_weight=None):
        super().__init__(loss_weight=loss_weight)
        self.class_weight = None
        if class_weight is not None:
            self.class_weight = torch.Tensor(class_weight)  # BUG: tensor-attr-not-buffer

    def _forward(self, cls_score, label):
        """
        Args:
            cls_score (torch.Tensor): what the network says.
            label (torch.Tensor): the truth.
        """
        lsm = F.log_softmax(cls_score, 1)
        if self.class_weight is not None:
            lsm = lsm * self.class_weight.unsqueeze(0)
        return -(label * lsm).sum(1).mean()


class Anchors(nn.Module):
    def __init__(self, sizes, strides):
        super().__init__()
        self.sizes = torch.FloatTensor(sizes)  # BUG: tensor-attr-not-buffer
        self.strides = strides
        self.conv = nn.Conv2d(16, 4, 1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        out = self.conv(features)
        return out.permute(0, 2, 3, 1) * self.sizes
