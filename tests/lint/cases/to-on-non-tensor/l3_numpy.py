import numpy as np
import torch

x = np.zeros((4, 2), dtype=np.float32)
x = x.to("cuda")  # BUG: to-on-non-tensor
print(torch.nn.Linear(2, 1).cuda()(x))
