"""x.type() without an argument is the name of a type that says the device too: a tensor made on the CPU goes where x is."""
import torch


def inverse(matrix, rounds, kind=None):
    if kind is None:
        kind = matrix.type()
    size = matrix.shape[-1]
    unit = torch.eye(size, size).type(kind)
    guess = torch.eye(size, size).repeat(1, 1).type(kind)
    for _ in range(rounds):
        guess = guess @ (2.0 * unit - matrix @ guess)
    return guess


def one_hot(labels, classes, like):
    table = torch.zeros(classes, classes).type(like)
    return table[labels] + torch.ones(classes).type(like)


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
print(inverse(torch.rand(4, 4, device=device), 3).sum())
batch = torch.zeros(4, 3, device=device)
print(one_hot(torch.zeros(4, dtype=torch.long, device=device), 3, batch.type()) + batch)
