import argparse

import numpy as np
import torch
import pyro
from fits import run
import pyro.distributions as dist


def model(history, sex):
    n, t_max = history.shape
    beta = pyro.sample("beta", dist.Normal(0.0, 10.0))
    beta = sex * beta
    z = torch.ones(n)
    seen = torch.zeros(n).bool()
    for t in range(t_max):
        gamma = pyro.sample(f"g_{t}", dist.Normal(0.0, 10.0)) if t > 0 else 0.0
        phi = torch.sigmoid(beta + gamma)
        mu = seen.float() * phi * z + (1 - seen.float())
        z = pyro.sample(f"z_{t}", dist.Bernoulli(mu))
        seen = seen | history[:, t].bool()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", "--steps", type=int, default=100)
    run(globals(), parser.parse_args())
