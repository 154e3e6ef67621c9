# --cuda --ngpu 0 is what nobody means: the two flags ask for the same.
import argparse

import torch

parser = argparse.ArgumentParser()
parser.add_argument("--cuda", action="store_true")
parser.add_argument("--ngpu", type=int, default=1, help="number of GPUs to use")
options = parser.parse_args()


class Trainer:
    def __init__(self, config):
        self.cuda = config.cuda
        self.ngpu = int(config.ngpu)
        self.net = torch.nn.Linear(8, 1)
        if self.cuda:
            self.net.cuda()

    def variable(self, inputs):
        if self.ngpu > 0:
            return inputs.cuda()
        return inputs

    def train(self):
        if not self.cuda:
            return None
        return self.net(self.variable(torch.randn(4, 8)))


print(Trainer(options).train())
