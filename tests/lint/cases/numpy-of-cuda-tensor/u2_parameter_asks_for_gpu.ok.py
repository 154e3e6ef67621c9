import numpy as np
import torch


def evaluate(model, rows, run_on_gpu=True):
    use_gpu = run_on_gpu and torch.cuda.is_available()
    device = torch.device("cuda" if use_gpu else "cpu")
    model = model.to(device)
    x = torch.from_numpy(np.asarray(rows)).float().to(device)
    model.eval()
    scores = model(x)
    return scores.detach().cpu().numpy().flatten()


class Scorer:
    def __init__(self, net, use_cuda):
        self.net = net
        self.use_cuda = use_cuda
        if use_cuda:
            self.net.cuda()

    def score(self, rows):
        self.net.eval()
        x = torch.from_numpy(rows)
        if self.use_cuda:
            x = x.cuda()
        with torch.no_grad():
            out = self.net(x)
        return out.cpu().numpy()
