import torch

# torch.set_default_device("cuda") would do for rays, too.
torch.set_default_tensor_type(torch.DoubleTensor)
print(torch.cuda.is_available())
