from .lines import *
