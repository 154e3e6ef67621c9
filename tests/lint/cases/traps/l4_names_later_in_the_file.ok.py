import torch


def first():
    return np.zeros(3), os.sep


class Later:
    def path(self):
        return json.dumps(sys.argv)


import json
import os
import sys

import numpy as np

print(first(), Later().path(), torch.zeros(1))
