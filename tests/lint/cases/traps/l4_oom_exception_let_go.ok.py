import traceback

import torch

seen = []


def a(step):
    try:
        step()
    except torch.cuda.OutOfMemoryError as e:
        message = str(e)
        seen.append(message)
        seen.append((type(e), e.args))
        print(e, traceback.format_exc())


def b(step):
    try:
        step()
    except torch.cuda.OutOfMemoryError as e:
        e.__traceback__ = None
        seen.append(e)


def c(step):
    try:
        step()
    except ValueError as e:
        seen.append(e)


def d(step):
    try:
        step()
    except torch.cuda.OutOfMemoryError as e:
        seen.append(e)
        raise


def f(step):
    try:
        step()
    except torch.cuda.OutOfMemoryError as e:
        seen.append(e.with_traceback(None))
