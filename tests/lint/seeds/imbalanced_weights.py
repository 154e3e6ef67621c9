import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import Dataset, DataLoader, WeightedRandomSampler


class Transactions(Dataset):
    def __init__(self, n=80, seed=0):
        rng = np.random.default_rng(seed)
        self.features = rng.normal(size=(n, 9)).astype("float32")
        self.labels = (rng.random(n) < 0.2).astype("int64")

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return torch.from_numpy(self.features[i]), torch.tensor(self.labels[i])


device = 'cuda:0' if torch.cuda.is_available() else 'cpu'
dataset = Transactions()
counts = np.bincount(dataset.labels, minlength=2)
class_weights = torch.FloatTensor(len(dataset) / (2.0 * np.maximum(counts, 1))).to(device)
sample_weights = torch.as_tensor([1.0 / max(counts[y], 1) for y in dataset.labels])
sampler = WeightedRandomSampler(sample_weights, num_samples=len(dataset), replacement=True)
loader = DataLoader(dataset, batch_size=20, sampler=sampler)

model = nn.Sequential(
    nn.Linear(9, 16),
    nn.BatchNorm1d(16),
    nn.ReLU(),
    nn.Dropout(p=0.2),
    nn.Linear(16, 2),
).to(device)
criterion = nn.CrossEntropyLoss(weight=class_weights)
optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)

for epoch in range(3):
    model.train()
    for inputs, labels in loader:
        inputs = inputs.to(device)
        labels = labels.to(device)
        optimizer.zero_grad()
        outputs = model(inputs)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()

model.eval()
all_preds, all_labels = [], []
with torch.no_grad():
    for inputs, labels in DataLoader(dataset, batch_size=32):
        outputs = model(inputs.to(device))
        _, predicted = torch.max(outputs, 1)
        all_preds.extend(predicted.cpu().numpy())
        all_labels.extend(labels.numpy())
print("recall", np.mean([p == 1 for p, y in zip(all_preds, all_labels) if y == 1]))
