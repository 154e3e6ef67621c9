import torch


def call(np, *os, **sys):
    return np, os, sys


for math in range(3):
    print(math)

with open("f") as json:
    json.read()

squares = {time: time ** 2 for time in range(3)}
pick = lambda re: re.group(0)
if (random := torch.rand(1).item()) > 0.5:
    print(random)


def outer():
    plt = []

    def inner():
        return plt.pop()

    return inner


match squares:
    case {"a": glob}:
        print(glob.real)
    case [shutil, *copy]:
        print(shutil.real, copy.pop())


class Holder:
    np = 3
    both = np.real


try:
    pass
except ValueError as logging:
    print(logging.args)

del squares
