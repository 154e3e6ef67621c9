import torch
import torch.nn as nn
from networks import Generator, Vgg16


def preprocess(batch):
    mean = torch.FloatTensor([103.9, 116.8, 123.7]).view(1, 3, 1, 1)  # BUG: tensor-created-on-cpu
    return batch.sub(mean)


def scale(batch):
    return batch / torch.full((3,), 255.0)  # BUG: tensor-created-on-cpu


class Translator(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.generator = Generator(width)
        self.vgg = Vgg16()

    def vgg_loss(self, fake, real):
        return (self.vgg(preprocess(real)) - self.vgg(fake)).abs().mean()


def main(width, loader):
    translator = Translator(width)
    translator.cuda()
    for real in loader:
        real = real.cuda()
        loss = translator.vgg_loss(translator.generator(real), real)
        loss.backward()


def show(loader):
    for x in loader:
        x = x.cuda()
        print(scale(x))
