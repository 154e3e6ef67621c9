import numpy as np
import torch

x = torch.linspace(0, 1, 50).cuda()
values = np.array(x)  # BUG: numpy-of-cuda-tensor
print(values.max())
