import argparse

import torch
import zoo.vision as archs
from torch.utils.data import DataLoader
from zoo.data import Leaves


def load(opt):
    classifier = archs.__dict__[opt.arch](num_classes=12)
    classifier.load_state_dict(torch.load(opt.weights)["net"])
    return classifier.eval()


def score(classifier, loader, device):
    right = 0
    for image, label in loader:
        image = image.to(device, non_blocking=True)
        right += (classifier(image).argmax(1).cpu() == label).sum().item()
    return right


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--arch", default="small")
    p.add_argument("--weights")
    p.add_argument("--device", default="cuda:0")
    opt = p.parse_args()
    net = load(opt)  # BUG: model-not-moved
    print(score(net, DataLoader(Leaves(), batch_size=32), opt.device))


main()
