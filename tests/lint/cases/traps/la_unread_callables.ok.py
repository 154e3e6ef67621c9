"""Things that were moved and can be called need no input on their device."""
import torch
from toolbox import Augment, Scheduler, load_pipeline, make_processor


class Shop:
    def __init__(self, name, device):
        self.device = device
        self.pipe = load_pipeline(name).to(device)
        self.augment = Augment(size=3).to(device)
        self.processor = make_processor(name)
        self.scheduler = Scheduler()

    def draw(self, prompt):
        noise = torch.randn(1, 4, 64, 64)
        return self.pipe(noise, prompt=prompt)

    def vary(self, n):
        pictures = torch.rand(n, 3, 32, 32)
        return self.augment(pictures)

    def prepare(self, text):
        there = self.processor(text, return_tensors="pt", device=self.device)
        return self.pipe(**there)


class Worker:
    """Its copy of the network stays where it is: on the CPU, like those of the other workers."""

    def __init__(self, net, lr):
        self.net = net
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=lr)

    def act(self, row):
        return self.net(torch.from_numpy(row).float().unsqueeze(0))


def encode(model, tokenizer, text):
    return model(**tokenizer(text, return_tensors="pt"))
