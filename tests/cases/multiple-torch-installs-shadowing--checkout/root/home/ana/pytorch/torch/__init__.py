import builtins
from torch.torch_version import __version__
