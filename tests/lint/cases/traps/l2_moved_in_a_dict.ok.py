import torch
import torch.nn as nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
nets = {"g": nn.Linear(2, 2), "d": nn.Linear(2, 1)}
for name in nets:
    nets[name] = nets[name].to(device)
z = torch.rand(3, 2, device=device)
print(nets["d"](nets["g"](z)))
