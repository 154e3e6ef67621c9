import sys

import torch


def log(message, stamp=time.time()):  # BUG: name-not-imported
    sys.stderr.write(f"{stamp:.1f} {message}\n")
