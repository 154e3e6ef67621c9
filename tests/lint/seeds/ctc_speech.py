import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

BLANK = 0


class Utterances(Dataset):
    def __init__(self, n=12):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        g = torch.Generator()
        g.manual_seed(i)
        frames = 20 + i % 5
        words = torch.randint(1, 8, (3 + i % 3,), generator=g)
        return torch.randn(frames, 13, generator=g), words


def collate(batch):
    feats = nn.utils.rnn.pad_sequence([f for f, _ in batch], batch_first=True)
    labels = nn.utils.rnn.pad_sequence([w for _, w in batch], batch_first=True)
    return feats, labels, [len(f) for f, _ in batch], [len(w) for _, w in batch]


class BidirectionalGRU(nn.Module):
    def __init__(self, dim, hidden, dropout):
        super(BidirectionalGRU, self).__init__()
        self.gru = nn.GRU(input_size=dim, hidden_size=hidden, num_layers=1, batch_first=True, bidirectional=True)
        self.layer_norm = nn.LayerNorm(dim)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = F.gelu(self.layer_norm(x))
        x, _ = self.gru(x)
        return self.dropout(x)


class SpeechModel(nn.Module):
    def __init__(self, n_feats=13, hidden=8, n_class=8):
        super(SpeechModel, self).__init__()
        self.inp = nn.Linear(n_feats, hidden)
        self.birnn = nn.Sequential(*[
            BidirectionalGRU(dim=hidden if i == 0 else hidden * 2, hidden=hidden, dropout=0.1) for i in range(2)])
        self.classifier = nn.Linear(hidden * 2, n_class)

    def forward(self, x):
        return self.classifier(self.birnn(self.inp(x)))


def greedy(output, lengths):
    best = output.argmax(dim=2)
    texts = []
    for row, n in zip(best, lengths):
        row = torch.unique_consecutive(row[:n])
        texts.append([int(c) for c in row if c != BLANK])
    return texts


def train(model, device, loader, criterion, optimizer, scheduler):
    model.train()
    for spectrograms, labels, input_lengths, label_lengths in loader:
        spectrograms, labels = spectrograms.to(device), labels.to(device)
        optimizer.zero_grad()
        output = model(spectrograms)
        log_probs = F.log_softmax(output, dim=2).transpose(0, 1)
        loss = criterion(log_probs, labels, input_lengths, label_lengths)
        loss.backward()
        optimizer.step()
        scheduler.step()
    return loss.item(), greedy(output, input_lengths)


def main(learning_rate=5e-3, epochs=2):
    use_cuda = torch.cuda.is_available()
    torch.manual_seed(7)
    device = torch.device("cuda" if use_cuda else "cpu")
    kwargs = {'num_workers': 1, 'pin_memory': True} if use_cuda else {}
    loader = DataLoader(Utterances(), batch_size=4, shuffle=True, collate_fn=collate, **kwargs)
    model = SpeechModel().to(device)
    optimizer = torch.optim.AdamW(model.parameters(), learning_rate)
    criterion = nn.CTCLoss(blank=BLANK, zero_infinity=True).to(device)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=learning_rate, steps_per_epoch=len(loader), epochs=epochs)
    for epoch in range(1, epochs + 1):
        print(epoch, train(model, device, loader, criterion, optimizer, scheduler))


if __name__ == "__main__":
    main()
