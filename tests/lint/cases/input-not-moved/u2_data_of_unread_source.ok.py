import torch
from torch import nn
from corpus import load_vectors

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
net = nn.Linear(300, 2).to(device)
vectors, labels = load_vectors("train.txt")


def predict(rows):
    scores = net(torch.tensor(rows, device=device).float())
    return scores.argmax(1).tolist()


print(predict(vectors))
x = torch.FloatTensor(vectors).to(device)
y = torch.LongTensor(labels).to(device)
loss = nn.functional.cross_entropy(net(x), y)
loss.backward()
