"""Training moves its batches, validation does not."""
import torch


class Fitting:
    def __init__(self, model, train_dl, val_dl, loss_fn, optimizer, device):
        self.model = model.to(device)
        self.train_dl, self.val_dl = train_dl, val_dl
        self.loss_fn, self.optimizer, self.device = loss_fn, optimizer, device

    def train(self):
        self.model.train()
        for xb, yb in self.train_dl:
            xb, yb = xb.to(self.device), yb.to(self.device)
            loss = self.loss_fn(self.model(xb), yb)
            loss.backward()
            self.optimizer.step()

    def validate(self):
        self.model.eval()
        total = 0
        with torch.no_grad():
            for xb, yb in self.val_dl:
                total += self.loss_fn(self.model(xb.to(self.device)).cpu(), yb).item()
        return total
