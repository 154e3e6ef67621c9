import torch

for epoch in range(3):
    started = torch.tensor(epoch)
    print(f"epoch {epoch}: lr {math.exp(-epoch):.3f}, {started.item()}")  # BUG: name-not-imported
