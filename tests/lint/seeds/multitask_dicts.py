from typing import Dict, List

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

TASKS = {"age": 1, "gender": 2, "mood": 4}


class Faces(Dataset):
    def __init__(self, n: int) -> None:
        self.n = n

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, i: int) -> Dict[str, Tensor]:
        gen = torch.Generator().manual_seed(i)
        return {
            "image": torch.rand(3, 8, 8, generator=gen),
            "age": torch.rand(1, generator=gen),
            "gender": torch.randint(0, 2, (1,), generator=gen).squeeze(0),
            "mood": torch.randint(0, 4, (1,), generator=gen).squeeze(0),
        }


def collate(items: List[Dict[str, Tensor]]) -> Dict[str, Tensor]:
    return {key: torch.stack([item[key] for item in items]) for key in items[0]}


class MultiTask(nn.Module):
    def __init__(self, tasks: Dict[str, int]) -> None:
        super().__init__()
        self.trunk = nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 24), nn.ReLU())
        self.heads = nn.ModuleDict({name: nn.Linear(24, size) for name, size in tasks.items()})
        self.log_vars = nn.Parameter(torch.zeros(len(tasks)))

    def forward(self, image: Tensor) -> Dict[str, Tensor]:
        h = self.trunk(image)
        return {name: head(h) for name, head in self.heads.items()}


def to_device(batch: Dict[str, Tensor], device: torch.device) -> Dict[str, Tensor]:
    return {key: value.to(device) for key, value in batch.items()}


def step_loss(model: MultiTask, batch: Dict[str, Tensor]) -> Tensor:
    out = model(batch["image"])
    losses = torch.stack([
        nn.functional.mse_loss(out["age"], batch["age"]),
        nn.functional.cross_entropy(out["gender"], batch["gender"]),
        nn.functional.cross_entropy(out["mood"], batch["mood"]),
    ])
    return (torch.exp(-model.log_vars) * losses + model.log_vars).sum()


def run() -> None:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = MultiTask(TASKS).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loader = DataLoader(Faces(24), batch_size=6, shuffle=True, collate_fn=collate, num_workers=2)
    for epoch in range(2):
        for batch in loader:
            batch = to_device(batch, device)
            loss = step_loss(model, batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(epoch, loss.detach().cpu().item())


if __name__ == "__main__":
    run()
