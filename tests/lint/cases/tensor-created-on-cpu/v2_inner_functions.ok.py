import torch

import framework


def ranking_loss(margin):
    """What is given back is called by whoever asked for it."""

    def loss(scores, order):
        return margin * spread(scores, order).mean()

    return loss


def spread(scores, order):
    """Differences of cumulated scores.

    Args:
        scores (torch.Tensor): one row a sample
        order (torch.Tensor): the same shape
    """
    ones = torch.ones((scores.shape[0], 1), device=scores.device)
    cumulated = scores.cumsum(1).matmul(order.transpose(0, 1))
    return ones.matmul(cumulated.diag().view(1, -1)) - cumulated


class Ranker(framework.Learner):
    def __init__(self, net):
        """Handed to code that was not read, which calls it."""

        def smooth(outputs: torch.Tensor):
            floor = torch.full((3,), 0.1, device=outputs.device)
            return torch.maximum(outputs, floor).log()

        super().__init__(net, ranking_loss(0.5), after=smooth)
