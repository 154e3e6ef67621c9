from torch import nn
from torch.hub import load_state_dict_from_url
from torch.utils import model_zoo

net = nn.Linear(2, 2)
net.load_state_dict(load_state_dict_from_url("https://example.org/a.pth", progress=False, map_location="cpu"))
net.load_state_dict(model_zoo.load_url("https://example.org/b.pth", map_location="cpu"))
