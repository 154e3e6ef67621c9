import torch


def pad_queue(queue, length):
    queue.refresh()
    missing = length - queue.n_entries()
    filler = torch.zeros(missing, 4)  # BUG: tensor-created-on-cpu
    return torch.vstack((queue.entries, filler))
