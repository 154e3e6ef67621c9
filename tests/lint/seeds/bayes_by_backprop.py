# A Bayesian layer; the prior's tensors are buffers because a distribution does not move.
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Normal


class BayesianLinear(nn.Module):
    def __init__(self, in_features, out_features, prior_sigma=1.0):
        super().__init__()
        self.weight_mu = nn.Parameter(torch.empty(out_features, in_features).uniform_(-0.2, 0.2))
        self.weight_rho = nn.Parameter(torch.full((out_features, in_features), -4.0))
        self.bias = nn.Parameter(torch.zeros(out_features))
        self.register_buffer("prior_mu", torch.zeros(1))
        self.register_buffer("prior_sigma", torch.tensor([prior_sigma]))
        self.kl = 0.0

    def forward(self, x):
        sigma = F.softplus(self.weight_rho)
        posterior = Normal(self.weight_mu, sigma)
        weight = posterior.rsample()
        prior = Normal(self.prior_mu, self.prior_sigma)
        self.kl = (posterior.log_prob(weight) - prior.log_prob(weight)).sum()
        return F.linear(x, weight, self.bias)


class BNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1 = BayesianLinear(1, 8)
        self.l2 = BayesianLinear(8, 1)
        self.noise = nn.Parameter(torch.tensor(-1.0))

    def forward(self, x):
        return self.l2(torch.tanh(self.l1(x)))

    def elbo(self, x, y, n):
        likelihood = Normal(self(x), self.noise.exp()).log_prob(y).sum()
        return (self.l1.kl + self.l2.kl) / n - likelihood


def data(n):
    x = torch.linspace(-math.pi, math.pi, n).unsqueeze(1)
    return x, torch.sin(x) + 0.1 * torch.randn_like(x)


torch.manual_seed(1)
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
net = BNN().to(DEVICE)
opt = torch.optim.Adam(net.parameters(), lr=0.01)
x, y = data(40)
x, y = x.to(DEVICE), y.to(DEVICE)
for i in range(8):
    opt.zero_grad()
    loss = net.elbo(x, y, len(x))
    loss.backward()
    opt.step()
with torch.no_grad():
    draws = torch.stack([net(x) for _ in range(5)])
mean, std = draws.mean(0).cpu(), draws.std(0).cpu()
print(((mean - y.cpu()).abs() / std).mean())
