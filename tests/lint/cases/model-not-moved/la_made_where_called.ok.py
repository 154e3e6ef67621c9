import torch
import torchaudio
from torch import Tensor, nn


def loudness(sound: Tensor, rate: int):
    to_phone = torchaudio.transforms.Resample(rate, 8000).to(sound.device)
    return to_phone(sound).abs().mean()


def blurred(picture: Tensor, kernel: Tensor):
    smear = nn.Conv2d(3, 3, 5, padding=2, device=picture.device)
    sharpen = nn.Conv2d(3, 3, 5, padding=2)
    sharpen.weight = nn.Parameter(kernel)
    pool = nn.AvgPool2d(2)
    with torch.no_grad():
        return smear(picture), sharpen(picture), pool(picture)
