"""What an endless generator yields is used in the loop over it."""
import torch


def samples():
    while True:
        yield torch.randn(4, 8)


class Reader:
    def rows(self):
        while True:
            row = self.fetch()
            if row is None:
                raise StopIteration
            yield row

    def fetch(self):
        return torch.ones(3)


def main():
    for i, x in enumerate(samples()):
        y = x.cuda()
        print(y.numpy().mean())  # BUG: numpy-of-cuda-tensor
        if i == 10:
            break


def read():
    for row in Reader().rows():
        print(row.cuda().sum(0).numpy())  # BUG: numpy-of-cuda-tensor


if __name__ == "__main__":
    import sys

    if len(sys.argv) > 1:
        main()
    else:
        read()
