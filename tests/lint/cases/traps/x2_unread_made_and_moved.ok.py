"""Networks whose classes nobody read: somebody moves them, or may, or they say themselves where they are."""
import torch
from tools import prepare, settings
from zoo import Actor, Critic, Fusion, Mixer, Normalize, Pyramid, Reader, Searcher, Tagger, UNet

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def by_a_helper(x):
    net = UNet(3, 1)
    net.eval()
    prepare(net)
    return net(x.to(device))


def by_settings(x):
    net = Mixer(settings)
    net.load_state_dict(torch.load("mixer.pt"))
    return net(x.to(device))


def told(x, gpu):
    net = Tagger(12, gpu=gpu)
    net.eval()
    return net(x.cuda(gpu))


def asks_where_it_is(x):
    net = Reader(40)
    net.eval()
    device = next(net.parameters()).device
    return net(x.to(device))


def asks_it(x):
    net = Searcher(8)
    net.eval()
    return net(x.to(net.device))


def one_by_one(x):
    net = Pyramid(depth=4)
    net.eval()
    for p in net.parameters():
        p.data = p.data.to(device)
    return net(x.to(device))


def inner(net, x):
    net.to(device)
    return net(x.to(device))


def in_a_callee(x):
    net = Critic(4)
    net.eval()
    return inner(net, x)


class Player:
    def __init__(self):
        actor = Actor(17, 6)
        actor.eval()
        self.actor = actor

    def cuda(self):
        self.actor.cuda()
        return self

    def act(self, state):
        return self.actor(torch.tensor(state).cuda())


def parts(x):
    net = Fusion(2)
    net.eval()
    for part in net.children():
        part.to(device)
    return net(x.to(device))


def stays_at_home(x):
    net = UNet(3, 1)
    net.eval()
    return net(x.cuda().cpu())


def no_network(x):
    norm = Normalize(0.5)
    norm.train()
    return norm(x.cuda())
