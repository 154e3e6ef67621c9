import torch
from torch.utils.data import DataLoader

from masking import mask_some


class Trainer:
    def __init__(self, model):
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.model = model

    def train(self, dataset, options):
        self.model.to(self.device)
        for batch in DataLoader(dataset, batch_size=4):
            inputs, labels = mask_some(batch.to(self.device), options.share)
            self.model(inputs, labels).backward()
