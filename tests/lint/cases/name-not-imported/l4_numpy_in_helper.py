import random

import torch


def seed_everything(seed):
    random.seed(seed)
    np.random.seed(seed)  # BUG: name-not-imported
    torch.manual_seed(seed)
    torch.cuda.manual_seed_all(seed)


if __name__ == "__main__":
    seed_everything(7)
