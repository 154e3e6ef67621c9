import torch

if torch.cuda.is_available():
    torch.cuda.set_device(torch.cuda.device_count() - 1)
    print(torch.cuda.current_device())
