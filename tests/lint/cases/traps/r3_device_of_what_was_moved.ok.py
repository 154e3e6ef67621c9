import torch


def sums(left: torch.Tensor, right: torch.Tensor):
    table = torch.zeros(3, 4)
    table = table.to(left.device)
    ones = torch.ones(4, 3, device=table.device)
    return left @ ones, right


def brought(left: torch.Tensor, right: torch.Tensor):
    host = right.cpu()
    ones = torch.ones(4, 3, device=host.device)
    return host @ ones
