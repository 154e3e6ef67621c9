import torch


class Runner:
    def __init__(self, model):
        self.device = "cuda"
        self.model = model.to(self.device)

    def run(self, x):
        try:
            return self.model(x.to(self.device))
        except torch.OutOfMemoryError:
            self.device = "cpu"  # BUG: oom-continues-on-cpu
            self.model = self.model.to("cpu")  # BUG? oom-continues-on-cpu
            return self.model(x.to("cpu"))
