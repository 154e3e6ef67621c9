# SPDX-License-Identifier: Apache-2.0
def make_grid(x, **kwargs):
    return x[0]


def save_image(x, path, **kwargs):
    x.detach().cpu().numpy()
