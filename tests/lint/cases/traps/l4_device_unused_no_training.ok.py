"""Settings that other files import."""
import torch

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
BATCH = 32
