"""A detector around a network of its callers, who say on which device it runs."""
from sklearn.covariance import EmpiricalCovariance
from torch import Tensor

from .features import collect


class Mahalanobis:
    def __init__(self, backbone):
        self.backbone = backbone
        self.cov = EmpiricalCovariance()

    def fit(self, loader, device="cuda"):
        features = collect(self.backbone, loader, device=device)
        self.cov.fit(features)
        return self

    def score(self, images: Tensor):
        return self.distance(self.backbone(images))

    def distance(self, features: Tensor):
        return self.cov.mahalanobis(features.detach().numpy())  # BUG: numpy-of-cuda-tensor
