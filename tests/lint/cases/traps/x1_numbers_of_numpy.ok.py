"""What NumPy takes from a GPU as it is: numbers, shapes, labels of plots, lists in a table, an index of one number."""
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch

net = torch.nn.Linear(3, 3).cuda()
out = net(torch.rand(6, 3).cuda()).detach()
mean = np.mean([0.5, 1.5])

print(out * mean, out - np.float64(2), np.sqrt(2.0) * out)
print(np.zeros(out.shape), np.shape(out), np.ndim(out))
print(np.array_equal(out, out))
print(np.arange(3)[out[0].argmax()])
names = np.array(["a", "b", "c"])
one = out[:1].argmax(1)
print(names[one])
plt.plot([1, 2], [3, 4], label=out.mean())
print(pd.DataFrame({"loss": [row.mean() for row in out]}))
print(pd.Series([out.mean(), out.std()]))
print(np.squeeze(out).cpu().numpy())
