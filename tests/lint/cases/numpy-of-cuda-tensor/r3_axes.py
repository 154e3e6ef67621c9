import matplotlib.pyplot as plt
import torch
import torch.nn as nn

device = "cuda" if torch.cuda.is_available() else "cpu"
decoder = nn.Sequential(nn.Linear(8, 64), nn.Sigmoid(), nn.Unflatten(1, (8, 8))).to(device)
with torch.no_grad():
    pictures = decoder(torch.randn(10, 8, device=device))
fig, axes = plt.subplots(2, 5, figsize=(10, 4))
axes[0, 0].set_title("first")
for ax, picture in zip(axes.flatten(), pictures):
    ax.imshow(picture, cmap="gray")  # BUG: numpy-of-cuda-tensor
    ax.axis("off")
fig.savefig("pictures.png")
