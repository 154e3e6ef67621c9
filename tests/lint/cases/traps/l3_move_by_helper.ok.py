import torch


def to_device(batch, device):
    if isinstance(batch, (list, tuple)):
        return [to_device(b, device) for b in batch]
    return batch.to(device)


device = torch.device("cuda")
model = torch.nn.Linear(2, 2).to(device)
pair = [torch.rand(3, 2), torch.rand(3, 2)]
x, y = to_device(pair, device)
print(model(x) - y)
