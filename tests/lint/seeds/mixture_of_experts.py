import torch
import torch.nn as nn
import torch.nn.functional as F


class Expert(nn.Module):
    def __init__(self, d, hidden):
        super().__init__()
        self.w1 = nn.Linear(d, hidden)
        self.w2 = nn.Linear(hidden, d)

    def forward(self, x):
        return self.w2(F.gelu(self.w1(x)))


class MoE(nn.Module):
    def __init__(self, d, n_experts=4, k=2):
        super().__init__()
        self.k = k
        self.gate = nn.Linear(d, n_experts, bias=False)
        self.experts = nn.ModuleList(Expert(d, 2 * d) for _ in range(n_experts))

    def forward(self, x):
        scores = self.gate(x).softmax(-1)
        weight, index = scores.topk(self.k, dim=-1)
        y = torch.zeros_like(x)
        for i, expert in enumerate(self.experts):
            rows, slot = torch.where(index == i)
            if rows.numel() == 0:
                continue
            y[rows] += weight[rows, slot, None] * expert(x[rows])
        usage = scores.mean(0)
        balance = (usage * usage).sum() * len(self.experts)
        return y, balance


class Classifier(nn.Module):
    def __init__(self, inputs, d, classes):
        super().__init__()
        self.embed = nn.Linear(inputs, d)
        layers = []
        for _ in range(2):
            layers.append(MoE(d))
        self.layers = nn.ModuleList(layers)
        self.head = nn.Linear(d, classes)

    def forward(self, x):
        x = self.embed(x)
        aux = x.new_zeros(())
        for layer in self.layers:
            y, balance = layer(x)
            x = x + y
            aux = aux + balance
        return self.head(x), aux


def main():
    torch.manual_seed(7)
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    model = Classifier(10, 12, 3)
    model = model.to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    xs, ys = torch.randn(50, 10), torch.randint(0, 3, (50,))
    for step in range(6):
        pick = torch.randperm(50)[:25]
        x, y = xs[pick].to(device), ys[pick].to(device)
        logits, aux = model(x)
        loss = F.cross_entropy(logits, y) + 0.01 * aux
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(step, round(loss.item(), 4))


if __name__ == '__main__':
    main()
