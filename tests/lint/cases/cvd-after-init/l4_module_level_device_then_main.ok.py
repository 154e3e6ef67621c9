import argparse
import os

import torch
from torch import nn


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gpu", type=str, default="3")
    args = parser.parse_args()
    os.environ["CUDA_VISIBLE_DEVICES"] = args.gpu
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = nn.Linear(2, 2).to(device)
    print(model(torch.ones(1, 2, device=device)))


if __name__ == "__main__":
    main()
