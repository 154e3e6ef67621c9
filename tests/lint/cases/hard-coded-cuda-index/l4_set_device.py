import torch

if torch.cuda.is_available():
    torch.cuda.set_device(2)  # BUG: hard-coded-cuda-index
    print(torch.cuda.current_device())
