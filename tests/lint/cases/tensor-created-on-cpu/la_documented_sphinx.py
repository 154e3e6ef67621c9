import torch


def add_borders(picture, rows):
    """Put a frame around it.

    :param picture: what is shown
    :type picture: torch.Tensor
    :param int rows: how many
    :return: the picture with its frame
    """
    border = torch.ones(rows, picture.shape[1])  # BUG: tensor-created-on-cpu
    total = picture + border.sum(0)
    return total


def rescale(levels, top):
    """
    @type levels: Tensor
    @param top: a number
    """
    table = torch.tensor([0.1, 0.5, 1.0])  # BUG: tensor-created-on-cpu
    return levels - table
