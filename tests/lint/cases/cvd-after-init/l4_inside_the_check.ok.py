import os
import torch

gpu = "1"
if os.path.exists("/proc/driver/nvidia"):
    os.environ["CUDA_VISIBLE_DEVICES"] = gpu
    torch.backends.cudnn.benchmark = True
print(torch.cuda.device_count())
