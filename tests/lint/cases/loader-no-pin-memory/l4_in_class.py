from torch.utils.data import DataLoader


class Experiment:
    def __init__(self, model, data, device="cuda"):
        self.device = device
        self.model = model.to(device)
        self.loader = DataLoader(data, batch_size=4, shuffle=True, num_workers=8)  # BUG: loader-no-pin-memory

    def run(self):
        for x in self.loader:
            self.model(x.to(self.device))
