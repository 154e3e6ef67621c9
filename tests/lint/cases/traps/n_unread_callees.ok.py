"""Callees that are not read and whose results may well be on the CPU: wrappers, helpers, detectors, what knows of the CPU."""
import numpy as np
import torch
from facetools import MTCNN, Recognizer, to_host
from sklearnlike import Classifier
from speech import load_model

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
detector = MTCNN(device=device)
recognizer = Recognizer().to(device)
speech = load_model("base").to(device)
classifier = Classifier().to(device)


def crop(path):
    faces = detector(path)
    return faces.numpy()


def told(text):
    return recognizer(text).numpy()


def helper(image):
    x = torch.from_numpy(image).to(device)
    return to_host(x).numpy()


def wrapped(image):
    x = torch.from_numpy(image).to(device)
    return classifier.predict(x).numpy(), classifier.predict_proba(x).numpy()


def lengths(image):
    x = torch.from_numpy(image).to(device)
    out, sizes = speech(x)
    return out.cpu().numpy(), sizes.numpy()


def guarded(image):
    x = torch.from_numpy(image).to(device)
    out = recognizer(x)
    if out.is_cuda:
        out = out.cpu()
    return out.numpy()


def given_back(image):
    x = torch.from_numpy(image).to(device)
    recognizer.to("cpu")
    out = recognizer(x.cpu())
    return np.asarray(out)


def no_module(convert, image):
    x = torch.from_numpy(image).cuda()
    return convert(x).numpy()
