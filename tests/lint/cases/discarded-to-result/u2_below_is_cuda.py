import torch
from torch import nn


def weighted(logits, labels, config):
    weight = torch.FloatTensor([config["negative"], config["positive"]])
    if logits.is_cuda:
        weight.cuda()  # BUG: discarded-to-result
    return nn.functional.cross_entropy(logits, labels, weight=weight)


class Smooth(nn.Module):
    def __init__(self, n, use_gpu):
        super().__init__()
        self.n = n
        self.use_gpu = use_gpu

    def forward(self, logits, labels):
        truth = torch.zeros(logits.size()).scatter_(1, labels.unsqueeze(1).data.cpu(), 1)
        if self.use_gpu:
            truth.cuda()  # BUG: discarded-to-result
        return (-truth * logits.log_softmax(1)).mean(0).sum()


def prepare(settings):
    ranks = torch.arange(9)
    scores = torch.linspace(0, 1, 9)
    if settings["device"] == "cuda":
        ranks.cuda()  # BUG: discarded-to-result
    if settings["device"] != "cpu":
        scores.cuda()  # BUG: discarded-to-result
    return ranks, scores
