import torch
from torch import nn
from transformers import GPT2LMHeadModel, GPT2Tokenizer


class Writer:
    def __init__(self, no_cuda=False):
        self.no_cuda = no_cuda
        self.tokenizer = GPT2Tokenizer.from_pretrained("gpt2")
        self.model = GPT2LMHeadModel.from_pretrained("gpt2")
        self.model.to(torch.device("cuda" if torch.cuda.is_available() and not self.no_cuda else "cpu"))

    def write(self, prompt):
        ids = self.tokenizer.encode(prompt, return_tensors="pt")
        return self.model.generate(input_ids=ids, max_length=30)[0].tolist()  # BUG: input-not-moved


def guess(n, force_cpu=False):
    net = nn.Linear(3, 3)
    if not force_cpu:
        net.cuda()
    x = torch.zeros(n, 3)
    return net(x)  # BUG: input-not-moved
