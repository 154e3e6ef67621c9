import numpy as np
import torch
from somewhere import Batch


def send(obj, device):
    if isinstance(obj, Batch) or hasattr(obj, "to"):
        return obj.to(device)
    if isinstance(obj, dict):
        return {k: send(v, device) for k, v in obj.items()}
    return obj


batch = {"x": torch.rand(2, 2), "id": 3, "name": "a", "raw": np.zeros(3)}
print(send(batch, "cuda"), send([1, 2], "cuda"))
