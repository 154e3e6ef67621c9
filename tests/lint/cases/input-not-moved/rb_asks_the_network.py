"""The class asks the network that it is handed where it is: what the tokenizer gives must be there, too."""


class Saliency:
    def __init__(self, model, tokenizer):
        self.model = model
        self.tokenizer = tokenizer
        self.device = self.model.device

    def __call__(self, text):
        ids = self.tokenizer(text, return_tensors="pt")["input_ids"]
        return self.model(ids)[0].argmax().item()  # BUG: input-not-moved


class Plain:
    """Nothing here speaks of devices."""

    def __init__(self, network, tokenizer):
        self.network = network
        self.tokenizer = tokenizer

    def best(self, text):
        ids = self.tokenizer(text, return_tensors="pt")["input_ids"]
        return self.network(ids)[0].argmax().item()
