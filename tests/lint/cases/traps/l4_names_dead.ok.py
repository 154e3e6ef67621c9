import torch

if False:
    np.zeros(3)


def f(x):
    return torch.relu(x)
    os.remove("x")
