# What is taken to the host is another thing than what met the tensor of the CPU.
import torch


def shown(path, read, net, device):
    picture = read(path)
    picture = (picture - torch.tensor([0.5, 0.4, 0.3])) / 2
    picture = picture.to(device)
    return net(picture).cpu().numpy(), picture.cpu().numpy()


def through(path, read, net):
    rows = read(path)
    scaled = torch.relu(rows) * torch.linspace(0, 1, 8)
    rows = net(scaled)
    return rows.cpu().numpy()


def weighed(config, net, x, device):
    weight = config.weight("loss")
    ready = weight * torch.ones(3)
    out = net(x.to(device))
    out = out * weight
    return out.cpu().numpy(), ready


def counted(net, x):
    sizes = net.sizes(x)
    grid = torch.zeros(sizes.max()) + torch.relu(sizes)
    table = torch.stack([net(x, g) for g in grid])
    return table.cpu().numpy()


def brought(net, x):
    scores = net.score(x)
    scores = scores.cpu()
    best = torch.softmax(scores, -1) * torch.arange(4.0)
    return best.cpu().numpy()


class Shelf:
    def __init__(self, action_space, device):
        self.action_space = action_space
        self.low = action_space.low.to(device)

    def here(self, action):
        return action - self.low
