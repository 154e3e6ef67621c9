import torch


class Temperature:
    def __init__(self):
        self.device = "cuda"
        self.log_alpha = torch.zeros(1, requires_grad=True).to(self.device)  # BUG: non-leaf-after-move
        self.optimizer = torch.optim.Adam([self.log_alpha], lr=3e-4)
