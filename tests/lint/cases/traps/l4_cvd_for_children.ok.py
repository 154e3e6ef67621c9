import os
import subprocess

import torch

if torch.cuda.is_available():
    for gpu in range(torch.cuda.device_count()):
        os.environ["CUDA_VISIBLE_DEVICES"] = str(gpu)
        subprocess.Popen(["python", "worker.py"])
