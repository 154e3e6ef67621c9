import torch


class Segmenter(torch.nn.Module):
    def __init__(self, classes):
        super(Segmenter, self).__init__()
        self.classes = classes
        self.stem = torch.nn.Conv2d(3, 32, 3, padding=1)
        self.head = self.projection(32)

    def projection(self, channels):
        head = torch.nn.Conv2d(channels, self.classes, kernel_size=1)
        torch.nn.init.zeros_(head.bias)
        return head

    def forward(self, images):
        return self.head(self.stem(images))
