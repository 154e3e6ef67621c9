import torch
import torchaudio
from torch import Tensor, nn


def loudness(sound: Tensor, rate: int):
    to_phone = torchaudio.transforms.Resample(rate, 8000)  # BUG: model-not-moved
    return to_phone(sound).abs().mean()


def blurred(picture: Tensor):
    smear = nn.Conv2d(3, 3, 5, padding=2)  # BUG: model-not-moved
    with torch.no_grad():
        return smear(picture)
