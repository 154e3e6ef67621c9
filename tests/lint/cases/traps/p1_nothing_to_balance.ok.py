"""A loss that is the number 0 where there is nothing to balance: whoever asks for it has something, and gets a tensor."""
import torch
import torch.nn.functional as F


def balance_loss(scores, experts=None):
    if scores is None or not isinstance(scores, tuple):
        return 0
    if experts is None:
        experts = scores[0].shape[-1]
    everything = torch.cat([s.to(scores[0].device) for s in scores], dim=0)
    return F.softmax(everything, dim=-1).mean() * experts


def text_or_tensor(batch, key):
    if key not in batch:
        return ""
    return torch.as_tensor(batch[key])


class Head(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.out = torch.nn.Linear(width, 2)

    def forward(self, features, scores: torch.Tensor | None = None, labels: torch.Tensor | None = None):
        loss = F.cross_entropy(self.out(features), labels)
        extra = balance_loss(scores, 4)
        if labels is not None:
            loss = loss + 0.1 * extra.to(loss.device)
        return loss


def gather(batch, device):
    return [text_or_tensor(batch, key).to(device) for key in ("image", "label")]
