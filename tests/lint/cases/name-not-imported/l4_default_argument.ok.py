import sys
import time

import torch


def log(message, stamp=time.time()):
    sys.stderr.write(f"{stamp:.1f} {message}\n")
