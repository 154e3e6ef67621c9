import torch


def inliers(points: torch.Tensor, limit: torch.Tensor):
    """The work is done on the CPU: who takes the points there has the limit there."""
    host = torch.device("cpu")
    near = points.detach().to(host).norm(dim=1)
    return torch.cat([near, limit.view(-1)]) <= limit.view(-1).max()


def make_program(threshold):
    def program(points: torch.Tensor, weights: torch.Tensor):
        kept = points.cpu().view(-1)
        return (weights.view(-1) * kept).sum() + threshold

    def wrapped(*args):
        return program(*args)

    return wrapped
