import torch
from torch.nn.utils.rnn import pack_padded_sequence


def encode(rnn, sequences, lengths, device):
    order = torch.argsort(torch.tensor(lengths), descending=True)
    steps = torch.tensor(lengths)[order].to(device)
    x = sequences.to(device)[order.to(device)]
    packed = pack_padded_sequence(x, steps, batch_first=True)  # BUG: operand-on-other-device
    return rnn(packed)[1]
