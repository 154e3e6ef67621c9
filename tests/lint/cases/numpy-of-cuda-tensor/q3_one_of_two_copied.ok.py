import numpy as np
from torch import Tensor


def moments(samples: Tensor) -> dict[str, np.ndarray]:
    centre = samples.mean(dim=0).cpu().numpy()
    spread = samples.std(dim=0).cpu().numpy()
    return {"centre": centre, "spread": spread}
