import torch


def resume(path, model, device):
    with open(path, "rb") as f:
        state = torch.load(f, map_location=device, weights_only=True)
    model.load_state_dict(state["model"])
    return model.to(device)
