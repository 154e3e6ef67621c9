# np.log(), np.sqrt() and the like make a tensor of a tensor on the CPU: it has .float() and .to().
import numpy as np
import torch

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Schedule(torch.nn.Module):
    def __init__(self, steps):
        super().__init__()
        betas = torch.from_numpy(np.linspace(1e-4, 0.02, steps))
        log_alphas = np.log(1.0 - betas)
        self.register_buffer("log_alphas", log_alphas.float().to(device))
        self.register_buffer("scale", np.sqrt(betas).to(device))
        self.register_buffer("least", np.maximum(betas, 0.01).to(device))


schedule = Schedule(10).to(device)
print(schedule.log_alphas.sum().item(), schedule.scale.device, schedule.least.device)
