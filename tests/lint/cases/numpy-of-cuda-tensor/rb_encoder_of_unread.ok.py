"""What the encode() of a moved network says, drawn."""
import matplotlib.pyplot as plt
import torch
from vae import VAE


class Drawing:
    def __init__(self, cfg):
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.vae = VAE(cfg)
        self.vae.load_state_dict(torch.load(cfg.weights, map_location=self.device))
        self.vae.to(self.device)

    def codes(self, x):
        mean, _ = self.vae.encode(x.to(self.device))
        return mean.detach().cpu().numpy()

    def words(self, text):
        return self.vae.encode(text).numpy()
