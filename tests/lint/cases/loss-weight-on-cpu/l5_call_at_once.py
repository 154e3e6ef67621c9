import torch


class Tagger(torch.nn.Module):
    def __init__(self, n_tags):
        super().__init__()
        self.out = torch.nn.Linear(64, n_tags)
        self.n_tags = n_tags

    def loss(self, hidden, tags):
        scores = self.out(hidden)
        return torch.nn.NLLLoss(torch.ones(self.n_tags))(scores.log_softmax(-1), tags)  # BUG: loss-weight-on-cpu

    def forward(self, hidden, tags):
        return self.loss(hidden, tags)
