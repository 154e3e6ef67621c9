import torch


def lazy():
    global np, plt
    import numpy as np
    import matplotlib.pyplot as plt


def draw(values):
    plt.plot(np.asarray(values))
    plt.show()


lazy()
draw(torch.arange(3).tolist())
