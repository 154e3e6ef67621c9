import torch


def outer_sums(left: torch.Tensor, right: torch.Tensor):
    rows, columns = left.shape[0], right.shape[0]
    table = torch.zeros(rows, columns)  # BUG: tensor-created-on-cpu
    ones = torch.ones(columns, rows, dtype=table.dtype, device=table.device)
    return torch.matmul(left.unsqueeze(0), ones), right
