"""Networks that nobody read, moved by a statement: they are where they were moved to."""
import torch


class Sampler:
    def __init__(self, generator, judge, size):
        self.generator = generator
        self.judge = judge
        self.size = size
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.generator.to(self.device)
        self.judge.to(self.device)

    def draw(self, n):
        seeds = torch.randn(n, self.size, device=self.device)
        return self.generator(seeds)

    def rate(self, pictures):
        return self.judge(pictures.to(self.device)).cpu().numpy()


def evaluate(model, rows, device):
    model.to(device)
    model.eval()
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]]).to(device)
    return model(x)


class Steps:
    """Steps on the way of the data take what is on the CPU."""

    def __init__(self, transform, pipe, device):
        self.transform = transform
        self.pipe = pipe
        self.transform.to(device)
        self.pipe.to(device)

    def draw(self, n):
        noise = torch.randn(n, 3, 8, 8)
        return self.pipe(self.transform(noise))


shared = torch.hub.load("some/where", "net")


def with_shared(device):
    shared.to(device)
    return shared(torch.ones(2, 2).cpu())


def a_tensor(weights, rows, device):
    weights.to(device)
    return weights * torch.zeros(3)
