import torch
import torch.utils.data as data

DEV = "cuda:0"


def collate(items):
    xs = torch.stack([x for x, _ in items])
    ys = torch.tensor([y for _, y in items], device=DEV)  # BUG: cuda-in-worker
    return xs, ys


pairs = [(torch.randn(4), i) for i in range(32)]
loader = data.DataLoader(pairs, 8, collate_fn=collate, num_workers=1)
model = torch.nn.Linear(4, 32).to(DEV)
for xs, ys in loader:
    torch.nn.functional.cross_entropy(model(xs.to(DEV)), ys.to(DEV)).backward()
