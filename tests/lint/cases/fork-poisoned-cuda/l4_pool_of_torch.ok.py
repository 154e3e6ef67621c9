import torch
import torch.multiprocessing as mp

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def score(seed):
    g = torch.Generator().manual_seed(seed)
    return torch.randn(8, generator=g).to(device).norm().item()


def main():
    with mp.get_context("spawn").Pool(4) as pool:
        print(pool.map(score, range(16)))


if __name__ == "__main__":
    main()
