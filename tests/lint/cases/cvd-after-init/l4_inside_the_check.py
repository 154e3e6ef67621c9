import os
import torch

gpu = "1"
if torch.cuda.is_available():
    os.environ["CUDA_VISIBLE_DEVICES"] = gpu  # BUG: cvd-after-init
    torch.backends.cudnn.benchmark = True
print(torch.cuda.device_count())
