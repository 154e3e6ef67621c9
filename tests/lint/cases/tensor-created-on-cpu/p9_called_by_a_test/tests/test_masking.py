import torch

from masking import mask_some


def test_mask_some():
    assert mask_some(torch.tensor([[5, 7]]), 0.0)[1].shape == (1, 2)


test_mask_some()
