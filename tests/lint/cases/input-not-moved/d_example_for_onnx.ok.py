import torch
import torch.nn as nn

device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
net = nn.Sequential(nn.Linear(12, 24), nn.GELU(), nn.Linear(24, 3))
net.to(device)
net.eval()
dummy_input = torch.zeros(1, 12, device=device)
torch.onnx.export(net, dummy_input, "net.onnx", input_names=["x"], output_names=["y"])
