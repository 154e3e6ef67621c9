import torch


class Segmenter(torch.nn.Module):
    def __init__(self, classes):
        super(Segmenter, self).__init__()
        self.classes = classes
        self.stem = torch.nn.Conv2d(3, 32, 3, padding=1)

    def project(self, feats):
        head = torch.nn.Conv2d(feats.shape[1], self.classes, kernel_size=1)  # BUG: module-created-in-forward
        return head(feats)

    def forward(self, images):
        return self.project(self.stem(images))
