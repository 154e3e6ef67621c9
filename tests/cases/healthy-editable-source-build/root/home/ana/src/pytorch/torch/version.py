from typing import Optional

__all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip', 'xpu']
__version__ = '2.9.0a0+git1a2b3c4'
debug = False
cuda: Optional[str] = '12.8'
git_version = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d'
hip: Optional[str] = None
xpu: Optional[str] = None
