"""What is moved somewhere need not stay there."""
import torch
from torch import Tensor


def to_host(x: Tensor, device="cpu"):
    return x.to("cpu").numpy()


def only_its_type(x: Tensor, dtype):
    return x.to(dtype).numpy()


def if_wanted(x: Tensor, device, use_gpu: bool):
    if use_gpu:
        x = x.to(device)
        return x.cpu().numpy()
    return x.numpy()


def there_and_back(net, x: Tensor, device: str):
    y = net(x.to(device))
    x = x.numpy()
    return x, y.cpu().numpy()


def asked(x: Tensor, device: str):
    x = x.to(device)
    if device == "cpu":
        return x.numpy()
    return x.cpu().numpy()


def asked_by_type(x: Tensor, device: torch.device):
    x = x.to(device)
    if device.type == "cpu":
        return x.numpy()
    if x.device.type != "cpu":
        x = x.cpu()
    return x.numpy()


def starts(x: Tensor, device: str = "cuda:0"):
    x = x.to(device)
    if device.startswith("cuda"):
        x = x.cpu()
    return x.numpy()


def is_in(x: Tensor, device: str = "cuda:0"):
    x = x.to(device)
    if "cuda" in device or x.is_cuda:
        x = x.cpu()
    return x.numpy()
