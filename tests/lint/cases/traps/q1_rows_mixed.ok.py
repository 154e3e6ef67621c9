"""What one of several branches makes is a list of numbers; what another one makes, or what is put into it later, is on the caller's
device."""
import torch


def either(signal: torch.Tensor, style):
    taps = [0.5, 0.5]
    if "own" in style:
        taps = signal[0]
    return signal * torch.as_tensor(taps)


def stored(signal: torch.Tensor, style):
    taps = [0.5, 0.5] if "soft" in style else [1.0]
    taps.append(signal.mean())
    return signal * torch.as_tensor(taps).to(signal)


def collected(signal: torch.Tensor, style, keep):
    parts = [] if "soft" in style else [1.0]
    keep(parts, signal)
    return signal * torch.as_tensor(parts)


def counted(signal: torch.Tensor, style):
    gain = (2.0,) if "loud" in style else None
    if gain is None:
        gain = signal.abs().amax(0)
    return signal * torch.as_tensor(gain)
