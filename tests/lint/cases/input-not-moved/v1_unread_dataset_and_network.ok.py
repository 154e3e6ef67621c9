import torch
from torch.utils.data import DataLoader

from our_data import Reviews
from our_nets import Classifier


def evaluate(path):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    classifier = Classifier(n_classes=2).to(device)
    classifier.load_state_dict(torch.load(path, map_location=device))
    classifier.eval()
    right = total = 0
    for words, label in DataLoader(Reviews("test"), batch_size=64):
        with torch.no_grad():
            scores = classifier(words.to(device))
        right += (scores.argmax(1).cpu() == label).sum().item()
        total += len(label)
    return right / total
