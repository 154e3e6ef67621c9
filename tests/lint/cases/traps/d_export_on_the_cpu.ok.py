import torch
from torch import nn

net = nn.Linear(3, 3)
net.cuda()
net(torch.rand(1, 3).cuda())
net.cpu()
torch.onnx.export(net, torch.rand(1, 3), "a.onnx")
traced = torch.jit.trace(net, torch.rand(1, 3))
traced.cuda()
print(traced(torch.rand(1, 3).cuda()))
inputs = (torch.rand(1, 3).cuda(),)
net.cuda()
torch.onnx.export(net, inputs, "b.onnx")
torch.onnx.export(net, args=inputs, f="c.onnx")
