import torch
from trainers import place

# Who places the network is not read, nor what it does with the optimizer's state.
def resume(model, path):
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(torch.load(path, map_location="cpu"))
    place(model, optimizer)
    return optimizer
