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
        seeds = torch.randn(n, self.size)  # BUG: tensor-created-on-cpu
        return self.generator(seeds)

    def rate(self, pictures):
        return self.judge(pictures.to(self.device)).cpu().numpy()


def evaluate(model, rows, device):
    model.to(device)
    model.eval()
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])  # BUG: tensor-created-on-cpu
    return model(x)
