import torch.nn as nn

from base import Pyramid


class FPN(Pyramid):
    def build(self):
        self.laterals = [  # BUG: python-list-of-modules
            nn.Conv2d(64 * 2 ** i, 256, kernel_size=1)
            for i in range(self.levels)
        ]


net = FPN()
net.cuda()
