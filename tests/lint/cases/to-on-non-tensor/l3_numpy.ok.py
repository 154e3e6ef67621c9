import numpy as np
import torch

x = np.zeros((4, 2), dtype=np.float32)
x = torch.from_numpy(x).to("cuda")
print(torch.nn.Linear(2, 1).cuda()(x))
