"""What a constructor does with a device says nothing of those who made the object without one."""
import torch
from torch import Tensor


class Rotation:
    def __init__(self, data: Tensor, device=None):
        if device is not None:
            data = data.to(device)
        self.data = data

    def angles(self):
        return self.data.sum(-1)


class Camera:
    def __init__(self, pose: Rotation, device: torch.device):
        self.pose = pose
        self.matrix = torch.eye(3).to(device)

    def numbers(self):
        return [*Rotation(self.pose.data[:, :3]).angles().numpy()]
