import torch
import torch.nn as nn

DEVICE = "cuda"


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3)

    def forward(self, image):
        return self.conv(image).mean(dim=(2, 3))


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(16, 2)

    def forward(self, features):
        return self.out(features)


def main():
    encoder = Encoder().to(DEVICE)
    head = Head()  # BUG: model-not-moved
    batch = torch.rand(8, 3, 32, 32, device=DEVICE)
    scores = head(encoder(batch))
    print(scores.shape)


if __name__ == "__main__":
    main()
