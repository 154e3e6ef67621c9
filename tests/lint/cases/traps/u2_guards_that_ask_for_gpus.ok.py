# Where a flag says no, or two flags disagree, nothing is wrong.
import torch
from torch import nn
from settings import cfg, opts

net = nn.Linear(6, 2)
if cfg.use_cuda:
    net.cuda()
x = torch.randn(3, 6)
if opts.gpu:
    x = x.cuda()
print(net(x).sum().item())


def mixed(a, use_cuda):
    b = torch.ones(3)
    if use_cuda:
        b = b.cuda()
    return a * b


def joined(a, b, use_cuda, force_cpu):
    y = torch.ones(3)
    z = torch.zeros(3)
    if use_cuda:
        y = y.cuda()
    if use_cuda and not force_cpu:
        z = z.cuda()
    return y + z + a + b


def to_array(t):
    if t.is_cuda:
        t = t.cpu()
    return t.numpy()


class Player:
    def __init__(self, net, use_gpu):
        self.net = net
        self.use_gpu = use_gpu
        if self.use_gpu:
            self.net.cuda()

    def play(self, state):
        self.net.eval()
        state = torch.from_numpy(state)
        if self.use_gpu:
            return self.net(state.cuda()).cpu().numpy()
        return self.net(state).numpy()

    def reset(self, n):
        noise = torch.zeros(n)
        return noise.cuda() if self.use_gpu else noise


def restore(path, cfg):
    state = torch.load(path, map_location="cpu" if not cfg["cuda"] else None)
    net = nn.Linear(2, 2)
    net.load_state_dict(state)
    x = torch.zeros(1, 2)
    if cfg["cuda"]:
        net.cuda()
        x = x.cuda()
    return net(x)


def mask(scores, lengths):
    keep = torch.arange(scores.size(1))[None, :] < lengths.cpu()[:, None]
    if scores.is_cuda:
        keep = keep.cuda()
    return scores.masked_fill(~keep, -1e9)
