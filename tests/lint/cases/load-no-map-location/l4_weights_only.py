import torch


def resume(path, model, device):
    with open(path, "rb") as f:
        state = torch.load(f, weights_only=True)  # BUG: load-no-map-location
    model.load_state_dict(state["model"])
    return model.to(device)
