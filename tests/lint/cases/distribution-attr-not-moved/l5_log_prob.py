import torch
import torch.distributions as D


class Flow(torch.nn.Module):
    def __init__(self, dim, layers):
        super().__init__()
        self.dim = dim
        self.net = torch.nn.Sequential(torch.nn.Linear(dim, dim), torch.nn.Tanh())
        self.base = D.MultivariateNormal(torch.zeros(dim), torch.eye(dim))  # BUG: distribution-attr-not-moved

    def log_prob(self, x):
        z = self.net(x)
        return self.base.log_prob(z)

    def forward(self, x):
        return -self.log_prob(x).mean()


flow = Flow(2, 4).cuda()
