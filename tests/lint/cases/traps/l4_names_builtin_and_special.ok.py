import torch

print(__file__, __name__, __doc__, __builtins__)
__all__ = ["Local"]


class Local:
    __slots__ = ("x",)

    def who(self):
        return __class__.__name__, self.__module__

    here = __qualname__


try:
    unicode
except NameError:
    unicode = str

try:
    np
except NameError:
    import numpy as np

print(np.zeros(1), torch.zeros(1), unicode("x"))
