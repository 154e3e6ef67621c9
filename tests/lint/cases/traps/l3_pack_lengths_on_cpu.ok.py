import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

rnn = nn.LSTM(5, 6, batch_first=True).cuda()
x = torch.rand(3, 7, 5).cuda()
lengths = torch.tensor([7, 5, 2])
packed = pack_padded_sequence(x, lengths, batch_first=True)
out, (h, c) = rnn(packed)
out, sizes = pad_packed_sequence(out, batch_first=True)
print(out.shape, sizes)
