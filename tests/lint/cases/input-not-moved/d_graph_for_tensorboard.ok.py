"""TensorBoard's graph runs the model with what it is given."""
import torch
from torch import nn
from torch.utils.tensorboard import SummaryWriter
from torchvision import datasets, transforms

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
writer = SummaryWriter("runs/graph")
digits = datasets.MNIST("data", train=True, transform=transforms.ToTensor())
loader = torch.utils.data.DataLoader(digits, batch_size=64)

images, labels = next(iter(loader))
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10)).to(device)
writer.add_graph(model, images.to(device))
