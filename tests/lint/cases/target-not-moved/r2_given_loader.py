from torch import nn, optim
from torch.utils.data import DataLoader
from tqdm import tqdm


class Fitter:
    def __init__(self, model: nn.Module, optimizer: optim.Optimizer, device="cpu"):
        self.model = model
        self.optimizer = optimizer
        self.device = device
        self.criterion = nn.CrossEntropyLoss()

    def fit(self, batches: DataLoader, n_epoch: int):
        for _ in range(n_epoch):
            for i, (data, labels) in tqdm(enumerate(batches)):
                self.optimizer.zero_grad()
                out = self.model(data.to(self.device))
                loss = self.criterion(out, labels)  # BUG: target-not-moved
                loss.backward()
                self.optimizer.step()
