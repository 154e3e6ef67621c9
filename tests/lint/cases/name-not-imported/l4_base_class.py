import torch


class Scale(nn.Module):  # BUG: name-not-imported
    def forward(self, x):
        return torch.exp(x) * 2
