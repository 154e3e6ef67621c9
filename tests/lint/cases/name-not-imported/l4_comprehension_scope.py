import torch

rows = [np.asarray([i, i + 1]) for i in range(4)]  # BUG: name-not-imported
print(torch.tensor(rows[0].tolist()))
