import torch
from losses import Dice

# A loss without parameters takes tensors of the CPU, wherever it was moved to.
criterion = Dice(smooth=1.0).to("cuda")
prediction = torch.rand(4, 8)
target = torch.randint(0, 2, (4, 8))
print(criterion(prediction, target))
