import torch


class Embedder:
    """Asks a model that somebody else has loaded."""

    def __init__(self, model, tokenizer, device=None):
        self.tokenizer = tokenizer
        if device is None:
            self.device = model.device
            self.model = model
        else:
            self.device = device
            self.model = model.to(device)

    def embed(self, texts):
        batch = self.tokenizer(texts, padding=True, return_tensors="pt")
        with torch.no_grad():
            return self.model(**batch)  # BUG: input-not-moved

    def to(self, device):
        self.device = device
        self.model = self.model.to(device)
        return self
