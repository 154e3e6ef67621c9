import torch

from data import make_loader
from engine.loop import fit
from nets import build_model


def main():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = build_model(8)  # BUG? model-not-moved
    fit(model, make_loader(), device)


if __name__ == "__main__":
    main()
