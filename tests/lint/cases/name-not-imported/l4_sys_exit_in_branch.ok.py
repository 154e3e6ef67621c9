import argparse
import sys
import torch

parser = argparse.ArgumentParser()
parser.add_argument("--data")
args = parser.parse_args()
if args.data is None:
    print("no data")
    sys.exit(1)
print(torch.load(args.data, map_location="cpu"))
