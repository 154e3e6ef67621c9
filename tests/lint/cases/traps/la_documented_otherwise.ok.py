"""What docstrings say that is no tensor, or no tensor on a GPU."""
import torch


def of_numbers(values, scale):
    """
    Args:
        values (list of float): numbers
        scale (float or torch.Tensor): one for all
    """
    return torch.tensor(values) * scale


def of_arrays(points):
    """
    Parameters
    ----------
    points : np.ndarray or torch.Tensor
        Either.
    """
    return torch.ones(3) + points


def for_the_host(track):
    """Draw a track.

    Args:
        track (torch.Tensor): a tensor on the CPU
    """
    return track + torch.arange(len(track))


def several(frames):
    """
    :param frames: list of tensors
    """
    return [torch.zeros(4) + f.sum() for f in frames]


def one_number(loss, step):
    """
    loss : torch.Tensor
        The loss of this step.
    """
    return loss * torch.tensor(0.5) + step
