import torch

net = torch.nn.Embedding(10, 3).cuda()
ids = torch.tensor([[1, 2], [3, 4]]).cuda()
ids = ids.type(torch.long)
print(net(ids))
