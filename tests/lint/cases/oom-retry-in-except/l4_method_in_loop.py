import gc

import torch


class Tuner:
    def __init__(self, model):
        self.model = model.cuda()

    def fit(self, x):
        loss = self.model(x).mean()
        loss.backward()

    def run(self, loader):
        for x in loader:
            try:
                self.fit(x.cuda())
            except torch.OutOfMemoryError as error:
                gc.collect()
                for part in x.chunk(2):
                    self.fit(part.cuda())  # BUG: oom-retry-in-except
