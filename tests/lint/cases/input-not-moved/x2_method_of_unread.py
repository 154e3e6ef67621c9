import sys

import torch
from captions import Captioner, Vocabulary


def describe(net, pixels, vocabulary, limit=20):
    state = net.extract_features(pixels)  # BUG: input-not-moved
    words = []
    for _ in range(limit):
        state, scores = net.step(state)
        words.append(vocabulary.word(scores.argmax().item()))
    return " ".join(words)


def main(path):
    vocabulary = Vocabulary("words.txt")
    net = Captioner(vocabulary)
    net.load_state_dict(torch.load("captioner.pt", map_location="cpu"))
    net = net.cuda().eval()
    pixels = torch.zeros(1, 3, 224, 224)
    print(path, describe(net, pixels, vocabulary))


main(sys.argv[1])
