"""ROC of a discriminator: labels and scores are collected on the device that an option names."""
import argparse

import torch
from sklearn.metrics import auc, precision_recall_curve, roc_curve

parser = argparse.ArgumentParser()
parser.add_argument("--device", default="gpu", choices=["gpu", "cpu"])


class Judge:
    def __init__(self, opt, critic, pairs):
        self.where = torch.device("cuda:0" if opt.device != "cpu" else "cpu")
        self.critic = critic.to(self.where)
        self.pairs = pairs
        self.marks = torch.zeros(len(pairs), device=self.where)
        self.truth = torch.zeros(len(pairs), dtype=torch.long, device=self.where)

    def fill(self):
        for i, (picture, fake) in enumerate(self.pairs):
            self.marks[i] = self.critic(picture.to(self.where)).mean()
            self.truth[i] = fake

    def area(self):
        self.fill()
        right, found, _ = roc_curve(self.truth.cpu(), self.marks.cpu())
        return auc(right, found)

    def curve(self):
        self.fill()
        return precision_recall_curve(self.truth.cpu(), self.marks.cpu())
