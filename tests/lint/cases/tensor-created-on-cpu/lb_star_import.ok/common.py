import math
from typing import List, Tuple

import torch
from torch import Tensor
from torch.distributions import Normal
