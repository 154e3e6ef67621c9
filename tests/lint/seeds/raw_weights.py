# Two layers by hand: no nn.Module, weights are leaves on the device.
import torch
import torch.nn.functional as F

dev = torch.device("cuda" if torch.cuda.is_available() else "cpu")
g = torch.Generator().manual_seed(2147483647)


def build_dataset(words, block=3):
    X, Y = [], []
    for w in words:
        context = [0] * block
        for ch in w + '.':
            ix = 0 if ch == '.' else ord(ch) - ord('a') + 1
            X.append(context)
            Y.append(ix)
            context = context[1:] + [ix]
    return torch.tensor(X), torch.tensor(Y)


words = ["emma", "olivia", "ava", "isabella", "sophia", "charlotte", "mia", "amelia", "harper", "evelyn"]
Xtr, Ytr = build_dataset(words)
Xtr, Ytr = Xtr.to(dev), Ytr.to(dev)

C = torch.randn((27, 4), generator=g).to(dev)
W1 = torch.randn((12, 30), generator=g).to(dev)
b1 = torch.randn(30, generator=g).to(dev)
W2 = torch.randn((30, 27), generator=g).to(dev) * 0.01
b2 = torch.zeros(27, device=dev)
parameters = [C, W1, b1, W2, b2]
for p in parameters:
    p.requires_grad = True
print(sum(p.nelement() for p in parameters))

lossi = []
for i in range(30):
    ix = torch.randint(0, Xtr.shape[0], (16,), device=dev)
    emb = C[Xtr[ix]]
    h = torch.tanh(emb.view(-1, 12) @ W1 + b1)
    logits = h @ W2 + b2
    loss = F.cross_entropy(logits, Ytr[ix])
    for p in parameters:
        p.grad = None
    loss.backward()
    lr = 0.1 if i < 20 else 0.01
    for p in parameters:
        p.data += -lr * p.grad
    lossi.append(loss.log10().item())
print(lossi[-1])
