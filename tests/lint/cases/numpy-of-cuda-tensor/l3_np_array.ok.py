import numpy as np
import torch

x = torch.linspace(0, 1, 50).cuda()
values = np.array(x.cpu())
print(values.max())
