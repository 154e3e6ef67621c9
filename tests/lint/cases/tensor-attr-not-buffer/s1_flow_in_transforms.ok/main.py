from transforms.squash import Squash


def make():
    return Squash(2.0)
