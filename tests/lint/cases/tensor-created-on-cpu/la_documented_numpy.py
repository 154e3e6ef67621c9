"""Geometry helpers."""
import torch


def smooth_gains(gains, width=5):
    """Smooth a track of gains.

    Parameters
    ----------
    gains : torch.Tensor
        One gain per frame.
    width : int
        Frames of the window.

    Returns
    -------
    torch.Tensor
    """
    weights = torch.linspace(0.0, 1.0, width)  # BUG: tensor-created-on-cpu
    head = gains[:width]
    return head * weights
