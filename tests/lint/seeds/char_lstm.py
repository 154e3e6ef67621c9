"""Character model with an LSTM: hidden state carried from chunk to chunk."""
import torch
import torch.nn as nn

TEXT = "the quick brown fox jumps over the lazy dog. " * 20
chars = sorted(set(TEXT))
stoi = {c: i for i, c in enumerate(chars)}
data = torch.tensor([stoi[c] for c in TEXT], dtype=torch.long)

DEVICE = torch.device("cuda") if torch.cuda.is_available() else torch.device("cpu")
SEQ, BATCH, HIDDEN = 20, 4, 32


class CharLSTM(nn.Module):
    def __init__(self, vocab, hidden, layers=2):
        super().__init__()
        self.hidden = hidden
        self.layers = layers
        self.embed = nn.Embedding(vocab, hidden)
        self.lstm = nn.LSTM(hidden, hidden, layers, batch_first=True)
        self.out = nn.Linear(hidden, vocab)

    def forward(self, x, state):
        h, state = self.lstm(self.embed(x), state)
        return self.out(h), state

    def init_hidden(self, batch):
        weight = next(self.parameters())
        return (weight.new_zeros(self.layers, batch, self.hidden),
                weight.new_zeros(self.layers, batch, self.hidden))


def batchify(seq, batch):
    n = len(seq) // batch
    return seq[:n * batch].view(batch, n)


def detach(state):
    return tuple(s.detach() for s in state)


def train(model, source, epochs=2):
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(epochs):
        model.train()
        hidden = model.init_hidden(BATCH)
        losses = []
        for i in range(0, source.size(1) - SEQ - 1, SEQ):
            x = source[:, i:i + SEQ].to(DEVICE)
            y = source[:, i + 1:i + 1 + SEQ].to(DEVICE)
            hidden = detach(hidden)
            logits, hidden = model(x, hidden)
            loss = criterion(logits.reshape(-1, len(chars)), y.reshape(-1))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            optimizer.step()
            losses.append(loss.item())
        print("epoch", epoch, sum(losses) / len(losses))


@torch.no_grad()
def sample(model, prime="the ", length=30):
    model.eval()
    state = model.init_hidden(1)
    x = torch.tensor([[stoi[c] for c in prime]], device=DEVICE)
    text = list(prime)
    for _ in range(length):
        logits, state = model(x, state)
        p = torch.softmax(logits[0, -1], dim=0)
        x = torch.multinomial(p, 1).unsqueeze(0)
        text.append(chars[x.item()])
    return "".join(text)


model = CharLSTM(len(chars), HIDDEN).to(DEVICE)
train(model, batchify(data, BATCH))
print(sample(model))
