from .mlp import MLP


def build_model(width):
    return MLP(width)
