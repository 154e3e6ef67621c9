import torch


def pad_queue(queue, length):
    queue.refresh()
    missing = length - queue.n_entries()
    filler = queue.entries.new_zeros(missing, 4)
    return torch.vstack((queue.entries, filler))
