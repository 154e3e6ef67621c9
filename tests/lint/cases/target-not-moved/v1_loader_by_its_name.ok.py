import torch
import torch.nn.functional as F

from our_data import make_loaders
from our_nets import Segmenter


class Training:
    def __init__(self, settings):
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.net = Segmenter(settings.classes).to(self.device)
        self.train_loader, self.val_loader = make_loaders(settings)
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.1)

    def epoch(self):
        for picture, mask in self.train_loader:
            picture = picture.to(self.device)
            loss = F.cross_entropy(self.net(picture), mask.to(self.device))
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
