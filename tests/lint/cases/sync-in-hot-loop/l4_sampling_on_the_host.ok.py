import torch


@torch.inference_mode()
def sample(model, ids, steps, device, temperature):
    for _ in range(steps):
        logits = model(ids)[:, -1]
        probs = torch.softmax(logits / temperature, dim=-1)
        nxt = torch.multinomial(probs, num_samples=1)
        ids = torch.cat([ids, nxt], dim=1)
    return ids
