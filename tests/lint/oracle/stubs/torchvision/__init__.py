# SPDX-License-Identifier: Apache-2.0
"""Data sets of random samples, transforms that make CPU tensors, models on the CPU."""
from . import datasets, models, transforms, utils  # noqa: F401
