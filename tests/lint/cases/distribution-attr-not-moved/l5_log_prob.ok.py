import torch
import torch.distributions as D


class Flow(torch.nn.Module):
    def __init__(self, dim, layers):
        super().__init__()
        self.dim = dim
        self.net = torch.nn.Sequential(torch.nn.Linear(dim, dim), torch.nn.Tanh())
        self.register_buffer("loc", torch.zeros(dim))
        self.register_buffer("cov", torch.eye(dim))

    @property
    def base(self):
        return D.MultivariateNormal(self.loc, self.cov)

    def log_prob(self, x):
        z = self.net(x)
        return self.base.log_prob(z)

    def forward(self, x):
        return -self.log_prob(x).mean()


flow = Flow(2, 4).cuda()
