"""A default that a class keeps is read through the class, here and elsewhere; this file trains, and moves nothing itself."""
import torch


class Defaults:
    _kind = "cuda"

    @staticmethod
    def set_kind(kind: str = "cuda"):
        Defaults._kind = kind

    @staticmethod
    def kind() -> str:
        return Defaults._kind


def replay(function, inputs, gradient):
    state = getattr(torch, Defaults.kind()).get_rng_state()
    with torch.enable_grad():
        out = function(*inputs)
    torch.autograd.backward(out, gradient)
    return state
