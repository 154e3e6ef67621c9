"""x.cpu() in one place says nothing of another x, of another way, or of what was brought to the host since."""
import numpy as np
import torch

from scene import extract, loader, render, to_host

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def either(pose, on_gpu):
    view = render(pose)
    if on_gpu:
        return view.cpu().numpy()
    return view.numpy()


def asked(view):
    if view.is_cuda:
        return view.cpu().numpy()
    return np.asarray(view)


def kinds(view):
    if isinstance(view, torch.Tensor):
        view = view.cpu().numpy()
    return np.square(view)


def later(pose):
    view = render(pose)
    shape = view.cpu().shape
    view = to_host(view)
    return np.square(view), shape


def tried(pose):
    view = render(pose)
    try:
        return view.numpy()
    except TypeError:
        return view.cpu().numpy()


def own(pose):
    view = fetched(pose)
    return np.log(view), view.cpu().numpy()


def fetched(pose):
    return render(pose).to("cpu")


def batches():
    for image, mark in loader():
        yield np.square(image), image.cpu().numpy(), mark


def by_mode(pose, mode):
    view = extract(pose, mode)
    if mode == "numpy":
        return np.mean(np.square(view))
    return view.cpu().mean()


def two(pose):
    view, other = render(pose), np.ones(3)
    other = other + 1
    return view.cpu().numpy(), np.square(other)


def in_place(bag):
    bag.cpu()
    return np.square(bag)
