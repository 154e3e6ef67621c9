import torch


def restore(path, net, betas):
    adam = torch.optim.AdamW(net.parameters(), betas=betas)
    saved = torch.load(path, map_location="cpu")
    net.load_state_dict(saved["net"])
    adam.load_state_dict(saved["adam"])  # BUG: optimizer-state-on-wrong-device
    return adam


def run(network, device, path, loader):
    adam = restore(path, network, (0.9, 0.98))
    network = network.to(device)
    for x, y in loader:
        adam.zero_grad()
        (network(x.to(device)) - y.to(device)).abs().mean().backward()
        adam.step()
