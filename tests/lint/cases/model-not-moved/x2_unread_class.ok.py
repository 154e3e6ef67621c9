import sys

import numpy as np
import torch
from segmenter import WaterNet


def mask_of(tile, weights):
    net = WaterNet(bands=4, width=32)
    net.load_state_dict(torch.load(weights, map_location="cpu"))
    net.eval().cuda()
    print("parameters:", sum(p.numel() for p in net.parameters()))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    x = torch.from_numpy(tile[None].astype(np.float32)).to(device)
    with torch.no_grad():
        return net(x).sigmoid().cpu().numpy()


if __name__ == "__main__":
    np.save("mask.npy", mask_of(np.load(sys.argv[1]), sys.argv[2]))
