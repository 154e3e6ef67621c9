# Named entities with a BiLSTM-CRF, batched and padded.
import torch
import torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

START, STOP, PAD = "<s>", "</s>", "<pad>"
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def prepare(seq, to_ix):
    return torch.tensor([to_ix[w] for w in seq], dtype=torch.long)


class BiLSTM_CRF(nn.Module):

    def __init__(self, vocab_size, tag_to_ix, embedding_dim=8, hidden_dim=10):
        super(BiLSTM_CRF, self).__init__()
        self.tag_to_ix = tag_to_ix
        self.tagset_size = len(tag_to_ix)
        self.hidden_dim = hidden_dim
        self.word_embeds = nn.Embedding(vocab_size, embedding_dim, padding_idx=0)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim // 2, num_layers=1, bidirectional=True, batch_first=True)
        self.hidden2tag = nn.Linear(hidden_dim, self.tagset_size)
        self.transitions = nn.Parameter(torch.randn(self.tagset_size, self.tagset_size))
        self.transitions.data[tag_to_ix[START], :] = -10000
        self.transitions.data[:, tag_to_ix[STOP]] = -10000

    def init_hidden(self, batch):
        return (torch.randn(2, batch, self.hidden_dim // 2, device=device),
                torch.randn(2, batch, self.hidden_dim // 2, device=device))

    def features(self, sentences, lengths):
        embeds = self.word_embeds(sentences)
        packed = pack_padded_sequence(embeds, lengths.cpu(), batch_first=True, enforce_sorted=False)
        packed, _ = self.lstm(packed, self.init_hidden(sentences.size(0)))
        out, _ = pad_packed_sequence(packed, batch_first=True)
        return self.hidden2tag(out)

    def partition(self, feats, mask):
        score = torch.full((feats.size(0), self.tagset_size), -10000., device=feats.device)
        score[:, self.tag_to_ix[START]] = 0.
        for t in range(feats.size(1)):
            step = score.unsqueeze(1) + self.transitions.unsqueeze(0) + feats[:, t].unsqueeze(2)
            step = torch.logsumexp(step, dim=2)
            score = torch.where(mask[:, t].unsqueeze(1), step, score)
        return torch.logsumexp(score + self.transitions[self.tag_to_ix[STOP]], dim=1)

    def gold_score(self, feats, tags, mask):
        batch, length = tags.shape
        start = torch.full((batch, 1), self.tag_to_ix[START], dtype=torch.long).to(feats.device)
        tags = torch.cat([start, tags], dim=1)
        score = torch.zeros(batch).to(feats.device)
        for t in range(length):
            emit = feats[:, t].gather(1, tags[:, t + 1].unsqueeze(1)).squeeze(1)
            score = score + (self.transitions[tags[:, t + 1], tags[:, t]] + emit) * mask[:, t]
        last = tags.gather(1, mask.sum(1).long().unsqueeze(1)).squeeze(1)
        return score + self.transitions[self.tag_to_ix[STOP], last]

    def neg_log_likelihood(self, sentences, tags, lengths):
        feats = self.features(sentences, lengths)
        mask = torch.arange(feats.size(1), device=device)[None, :] < lengths[:, None]
        return (self.partition(feats, mask) - self.gold_score(feats, tags, mask)).mean()

    def forward(self, sentence):
        feats = self.features(sentence.unsqueeze(0), torch.tensor([len(sentence)]))[0]
        score = torch.full((self.tagset_size,), -10000.).to(feats.device)
        score[self.tag_to_ix[START]] = 0
        back = []
        for feat in feats:
            best, ids = (score.unsqueeze(0) + self.transitions).max(dim=1)
            back.append(ids)
            score = best + feat
        score = score + self.transitions[self.tag_to_ix[STOP]]
        path = [int(score.argmax())]
        for ids in reversed(back):
            path.append(int(ids[path[-1]]))
        return score.max(), path[:0:-1]


training_data = [
    ("the wall street journal reported today that apple corporation made money".split(), "B I I I O O O B I O O".split()),
    ("georgia tech is a university in georgia".split(), "B I O O O O B".split()),
]
word_to_ix = {PAD: 0}
for sentence, tags in training_data:
    for word in sentence:
        if word not in word_to_ix:
            word_to_ix[word] = len(word_to_ix)
tag_to_ix = {"B": 0, "I": 1, "O": 2, START: 3, STOP: 4}

torch.manual_seed(1)
model = BiLSTM_CRF(len(word_to_ix), tag_to_ix).to(device)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, weight_decay=1e-4)

sentences = pad_sequence([prepare(s, word_to_ix) for s, _ in training_data], batch_first=True).to(device)
targets = pad_sequence([prepare(t, tag_to_ix) for _, t in training_data], batch_first=True).to(device)
lengths = torch.tensor([len(s) for s, _ in training_data]).to(device)

for epoch in range(3):
    model.zero_grad()
    loss = model.neg_log_likelihood(sentences, targets, lengths)
    loss.backward()
    optimizer.step()
    print(epoch, loss.item())

with torch.no_grad():
    precheck_sent = prepare(training_data[0][0], word_to_ix).to(device)
    print(model(precheck_sent))
