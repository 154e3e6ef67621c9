import torch
import torch.nn as nn

net = nn.Linear(4, 2)
opt = torch.optim.Adam(net.parameters())
state = torch.load("state.pt", map_location="cpu")
net.load_state_dict(state["net"])
opt.load_state_dict(state["opt"])
net.cuda()
for s in opt.state.values():
    for k, v in s.items():
        if torch.is_tensor(v):
            s[k] = v.cuda()
nn.functional.mse_loss(net(torch.rand(2, 4).cuda()), torch.rand(2, 2).cuda()).backward()
opt.step()
