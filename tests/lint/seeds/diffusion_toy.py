"""Denoising diffusion on points in the plane."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class SinusoidalEmbedding(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, t):
        half = self.dim // 2
        freqs = torch.exp(-math.log(10000) * torch.arange(half, device=t.device) / (half - 1))
        args = t[:, None].float() * freqs[None]
        return torch.cat([args.sin(), args.cos()], dim=-1)


class Denoiser(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.time = nn.Sequential(SinusoidalEmbedding(16), nn.Linear(16, hidden), nn.SiLU())
        self.inp = nn.Linear(2, hidden)
        self.mid = nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, 2)

    def forward(self, x, t):
        h = F.silu(self.inp(x) + self.time(t))
        h = F.silu(self.mid(h)) + h
        return self.out(h)


class Diffusion(nn.Module):
    def __init__(self, model, steps=20):
        super().__init__()
        self.model = model
        self.steps = steps
        betas = torch.linspace(1e-4, 0.2, steps)
        alphas = 1.0 - betas
        self.register_buffer("betas", betas)
        self.register_buffer("alphas_cumprod", torch.cumprod(alphas, dim=0))

    def loss(self, x0):
        t = torch.randint(0, self.steps, (x0.size(0),), device=x0.device)
        noise = torch.randn_like(x0)
        a = self.alphas_cumprod[t].unsqueeze(1)
        xt = a.sqrt() * x0 + (1 - a).sqrt() * noise
        return F.mse_loss(self.model(xt, t), noise)

    @torch.no_grad()
    def sample(self, n):
        x = torch.randn(n, 2, device=self.betas.device)
        for i in reversed(range(self.steps)):
            t = torch.full((n,), i, device=x.device, dtype=torch.long)
            a_bar = self.alphas_cumprod[i]
            beta = self.betas[i]
            eps = self.model(x, t)
            x = (x - beta / (1 - a_bar).sqrt() * eps) / (1 - beta).sqrt()
            if i > 0:
                x = x + beta.sqrt() * torch.randn_like(x)
        return x


def moons(n):
    t = torch.rand(n) * math.pi
    return torch.stack([t.cos(), t.sin()], dim=1) + 0.05 * torch.randn(n, 2)


def main():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    ddpm = Diffusion(Denoiser()).to(device)
    ema = {k: v.clone() for k, v in ddpm.state_dict().items()}
    opt = torch.optim.AdamW(ddpm.parameters(), lr=1e-3)
    data = moons(64)
    for step in range(10):
        batch = data[torch.randint(0, len(data), (32,))].to(device)
        loss = ddpm.loss(batch)
        opt.zero_grad()
        loss.backward()
        opt.step()
        for k, v in ddpm.state_dict().items():
            ema[k].mul_(0.99).add_(v, alpha=0.01)
    ddpm.load_state_dict(ema)
    points = ddpm.sample(8).cpu().numpy()
    print(points.shape)


if __name__ == "__main__":
    main()
