"""The torch package contains data structures for multi-dimensional tensors."""
import sys
from .version import __version__
