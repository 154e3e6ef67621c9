"""Example:

    >>> np.zeros(3)
    >>> os.getcwd()
"""
import torch


def half(x):
    """Halves.

    >>> half(torch.ones(1))
    """
    return x / 2  # np.divide would do as well


CODE = """
import os
os.getcwd()
np.zeros(3)
"""
print(half(torch.ones(1)), "np.zeros", CODE)
