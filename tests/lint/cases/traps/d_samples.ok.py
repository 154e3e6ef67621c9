import torch
from torch.distributions import Normal, Uniform

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
x = torch.rand(5, 2, device=device)
print(x + Normal(0.0, 1.0).sample())
print(x + Normal(torch.zeros(2, device=device), 1.0).sample((5,)))
print(x + Uniform(0, torch.ones(5, 2).to(device)).rsample())
torch.set_default_device("cuda")
print(torch.rand(3).cuda() + Normal(0.0, 1.0).sample((3,)))
