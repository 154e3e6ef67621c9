"""Frames of a renderer: saved from the host, but measured where they are."""
import numpy as np
import torch

from scene import render

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def film(poses, truth, options):
    frames, scores = [], []
    for i, pose in enumerate(poses):
        colour, depth, _ = render(pose, **options)
        frames.append(colour.cpu().numpy())
        if truth is not None:
            error = np.mean(np.square(colour.cpu() - truth[i]))
            scores.append(-10.0 * np.log10(error))
        np.save("depth-%d.npy" % i, depth.detach().cpu().numpy())
    return np.stack(frames), scores


def compare(shown, wanted):
    """`shown` comes from a network."""
    worst = np.abs(shown.detach().cpu() - wanted)
    picture = (255 * shown.detach().cpu()).byte().numpy()
    return picture, worst.max()


def tell(net, clip):
    votes = net.vote(clip.to(device))
    print("best", votes[0].cpu().numpy())
    return votes.cpu().argmax(1).tolist()
