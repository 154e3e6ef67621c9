import argparse
import os

import torch


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gpu", default="0")
    args = parser.parse_args()
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", args.gpu)  # BUG: cvd-after-import
    print(torch.cuda.is_available())


main()
