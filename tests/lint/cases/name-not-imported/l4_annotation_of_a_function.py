import torch


def pad(rows: List[torch.Tensor]) -> torch.Tensor:  # BUG: name-not-imported
    return torch.nn.utils.rnn.pad_sequence(rows)
