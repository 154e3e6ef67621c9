import logging

import torch

log = logging.getLogger(__name__)


class Runner:
    def __init__(self, model):
        self.device = "cuda"
        self.model = model.to(self.device)

    def run(self, x):
        try:
            return self.model(x.to(self.device))
        except torch.OutOfMemoryError:
            log.warning("out of memory on the GPU, going on on the CPU")
            self.device = "cpu"
            self.model = self.model.to("cpu")
            return self.model(x.to("cpu"))
