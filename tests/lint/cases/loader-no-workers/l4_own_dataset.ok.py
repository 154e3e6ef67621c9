import torch
import torch.utils.data as tud


class Files(tud.Dataset):
    def __init__(self, paths):
        self.paths = paths

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, i):
        return torch.load(self.paths[i], map_location="cpu")


def loaders(train, test):
    return tud.DataLoader(Files(train), 32, True, num_workers=2), tud.DataLoader(Files(test), 32, num_workers=2)
