import numpy as np
import torch

from zoo import build_pose_net, rename


class FootFinder:
    def __init__(self, weights):
        self.net = build_pose_net()
        if torch.cuda.is_available():
            self.net = self.net.cuda()
        self.net.load_state_dict(rename(self.net, torch.load(weights)))
        self.net.eval()

    def __call__(self, picture):
        batch = torch.from_numpy(np.ascontiguousarray(picture)).float()
        if torch.cuda.is_available():
            batch = batch.cuda()
        with torch.no_grad():
            heat = self.net(batch).numpy()  # BUG: numpy-of-cuda-tensor
        return np.squeeze(heat)
