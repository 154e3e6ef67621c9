# torch.tensor() and torch.Tensor() of a tensor keep its device.
import torch
from torch import nn
from heads import build_head, postprocess

net = nn.Linear(4, 2).cuda()
head = build_head(2)
head.cuda()
head.eval()
x = torch.randn(3, 4).cuda()
target = torch.zeros(3, 2).cuda()

scores = head(net(x))
copy = torch.tensor(scores)
print((copy - target).abs().sum().item())

boxes = postprocess(net(x))
kept = torch.tensor(boxes[0])
print(torch.cat([kept, target]).shape)


def distance(embedding, centre):
    centre = torch.Tensor(centre)
    if centre.device != embedding.device:
        centre = centre.to(embedding.device)
    return (embedding - centre).norm()


def again(scores, net):
    again = torch.tensor(scores)
    return again.mul(scores.detach()) + net(scores)


loss = criterion_of(net)(net(x), target) if callable(globals().get("criterion_of")) else None
if loss is not None:
    total = torch.tensor(loss)
    print(total + target.sum())


class History:
    def __init__(self):
        self.best = None

    def add(self, loss, target):
        self.best = loss.detach()
        return torch.tensor(self.best) * target.cuda()
