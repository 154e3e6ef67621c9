import torch

torch.zeros(1).cuda()
torch.ones(2, 2).to("cuda")
print(torch.cuda.memory_allocated())
