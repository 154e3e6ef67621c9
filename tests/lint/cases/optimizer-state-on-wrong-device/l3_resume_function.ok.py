import torch
from torch import nn, optim


def main():
    net = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2))
    opt = optim.AdamW(net.parameters(), lr=3e-4)
    state = torch.load("ckpt.pt")
    net = net.cuda()
    opt.load_state_dict(state["opt"])
    out = net(torch.rand(4, 8).cuda())
    out.mean().backward()
    opt.step()


main()
