import torch


class Config:
    inputs = 24
    hidden = 6
    epochs = 2
    batch_size = 8
    lr = 3e-3
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
