from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


@dataclass
class Config:
    cardinalities: List[int] = field(default_factory=lambda: [5, 7, 3])
    num_continuous: int = 4
    embed_dim: int = 6
    hidden: int = 24
    lr: float = 2e-3
    epochs: int = 2
    batch_size: int = 8
    device: str = "cuda" if torch.cuda.is_available() else "cpu"
    out_dir: str = "runs"


class TabularDataset(Dataset):
    def __init__(self, rows: int, cfg: Config):
        self.cat = torch.stack([torch.randint(0, c, (rows,)) for c in cfg.cardinalities], dim=1)
        self.cont = torch.randn(rows, cfg.num_continuous)
        self.price = self.cont.sum(1) + self.cat[:, 0]
        self.sold = (self.price > 0).float()

    def __len__(self) -> int:
        return len(self.price)

    def __getitem__(self, i: int) -> Dict[str, Any]:
        return {"cat": self.cat[i], "cont": self.cont[i], "price": self.price[i], "sold": self.sold[i], "id": f"row-{i}"}


class TabularModel(nn.Module):
    def __init__(self, cfg: Config):
        super().__init__()
        self.embeddings = nn.ModuleList([nn.Embedding(c, cfg.embed_dim) for c in cfg.cardinalities])
        self.bn = nn.BatchNorm1d(cfg.num_continuous)
        width = cfg.embed_dim * len(cfg.cardinalities) + cfg.num_continuous
        self.body = nn.Sequential(nn.Linear(width, cfg.hidden), nn.ReLU(), nn.Dropout(0.1))
        self.heads = nn.ModuleDict({"price": nn.Linear(cfg.hidden, 1), "sold": nn.Linear(cfg.hidden, 1)})

    def forward(self, cat: torch.Tensor, cont: torch.Tensor) -> Dict[str, torch.Tensor]:
        embedded = [e(cat[:, i]) for i, e in enumerate(self.embeddings)]
        h = self.body(torch.cat([*embedded, self.bn(cont)], dim=-1))
        return {name: head(h).squeeze(-1) for name, head in self.heads.items()}


class UncertaintyWeighting(nn.Module):
    """Kendall et al.: one learned log-variance per task."""

    def __init__(self, tasks: List[str]):
        super().__init__()
        self.tasks = tasks
        self.log_vars = nn.Parameter(torch.zeros(len(tasks)))

    def forward(self, losses: Dict[str, torch.Tensor]) -> torch.Tensor:
        stacked = torch.stack([losses[t] for t in self.tasks])
        return (torch.exp(-self.log_vars) * stacked + self.log_vars).sum()


class Meter:
    def __init__(self):
        self.sums: Dict[str, float] = defaultdict(float)
        self.n = 0

    def update(self, values: Dict[str, torch.Tensor], n: int) -> None:
        for key, value in values.items():
            self.sums[key] += value.detach().item() * n
        self.n += n

    def means(self) -> Dict[str, float]:
        return {k: v / max(self.n, 1) for k, v in self.sums.items()}


class Trainer:
    def __init__(self, cfg: Config, model: nn.Module, callbacks: Optional[List[Callable]] = None):
        self.cfg = cfg
        self.device = torch.device(cfg.device)
        self.model = model.to(self.device)
        self.weighting = UncertaintyWeighting(["price", "sold"]).to(self.device)
        self.criteria = {"price": nn.SmoothL1Loss(), "sold": nn.BCEWithLogitsLoss(pos_weight=torch.tensor([2.0], device=self.device))}
        self.optimizer = torch.optim.AdamW([*self.model.parameters(), *self.weighting.parameters()], lr=cfg.lr)
        self.callbacks = callbacks or []
        self.best = float("inf")

    def to_device(self, batch: Dict[str, Any]) -> Dict[str, Any]:
        return {k: v.to(self.device, non_blocking=True) if torch.is_tensor(v) else v for k, v in batch.items()}

    def compute_losses(self, batch: Dict[str, Any]) -> Dict[str, torch.Tensor]:
        outputs = self.model(batch["cat"], batch["cont"])
        return {name: criterion(outputs[name], batch[name]) for name, criterion in self.criteria.items()}

    def run_epoch(self, loader: DataLoader, train: bool) -> Dict[str, float]:
        self.model.train(train)
        meter = Meter()
        with torch.set_grad_enabled(train):
            for batch in loader:
                batch = self.to_device(batch)
                losses = self.compute_losses(batch)
                total = self.weighting(losses)
                if train:
                    self.optimizer.zero_grad()
                    total.backward()
                    self.optimizer.step()
                meter.update({**losses, "total": total}, len(batch["id"]))
        return meter.means()

    def fit(self, train_loader: DataLoader, val_loader: DataLoader) -> None:
        for epoch in range(self.cfg.epochs):
            train_stats = self.run_epoch(train_loader, train=True)
            val_stats = self.run_epoch(val_loader, train=False)
            for callback in self.callbacks:
                callback(epoch, train_stats, val_stats)
            if val_stats["total"] < self.best:
                self.best = val_stats["total"]
                self.save(Path(self.cfg.out_dir) / "best.pt")

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save({"model": self.model.state_dict(), "cfg": json.dumps(asdict(self.cfg))}, path)


def log_stats(epoch, train_stats, val_stats):
    print(epoch, {k: round(v, 3) for k, v in train_stats.items()}, {k: round(v, 3) for k, v in val_stats.items()})


if __name__ == "__main__":
    torch.manual_seed(3)
    cfg = Config()
    train_loader = DataLoader(TabularDataset(32, cfg), batch_size=cfg.batch_size, shuffle=True, pin_memory=True)
    val_loader = DataLoader(TabularDataset(16, cfg), batch_size=cfg.batch_size)
    trainer = Trainer(cfg, TabularModel(cfg), callbacks=[log_stats])
    trainer.fit(train_loader, val_loader)
