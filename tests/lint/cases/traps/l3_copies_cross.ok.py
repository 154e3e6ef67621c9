import torch

buffer = torch.zeros(8, 3, device="cuda")
fresh = torch.rand(8, 3)
buffer.copy_(fresh)
buffer[0] = fresh[0]
buffer[2:4] = fresh[2:4]
cpu = torch.zeros(8, 3)
cpu.copy_(buffer)
cpu[:] = buffer
print(buffer[torch.tensor([0, 2])], buffer[torch.arange(3)])
