import torch
import torch.nn.functional as F


def weigh(scores):
    allowed = torch.tril(torch.ones(5, 5))  # BUG: tensor-created-on-cpu
    hidden = (1 - allowed) * -1e9
    kept = scores + hidden
    return kept, F.softmax(scores, dim=-1)
