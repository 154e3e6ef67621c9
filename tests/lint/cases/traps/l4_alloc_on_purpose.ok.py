import torch

try:
    torch.zeros(10000, 10000, 10000, device="cuda")
except torch.cuda.OutOfMemoryError:
    print("as expected")


def too_big(n=100000):
    return torch.zeros(n, n, n)


N = 10
N = N * 1000 if torch.cuda.device_count() > 64 else N
small = torch.zeros(N, N, N)
sparse = torch.sparse_coo_tensor(size=(10 ** 6, 10 ** 6, 10))
