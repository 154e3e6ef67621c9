# SPDX-License-Identifier: Apache-2.0
"""get_peft_model wraps a model and stays where the model is."""
from torch import nn


class TaskType:
    CAUSAL_LM, SEQ_CLS = "CAUSAL_LM", "SEQ_CLS"


class LoraConfig:
    def __init__(self, **kwargs):
        self.__dict__.update(kwargs)


class PeftModel(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.base_model = model
        self.config = model.config

    @property
    def device(self):
        return self.base_model.device

    def forward(self, *args, **kwargs):
        return self.base_model(*args, **kwargs)

    def generate(self, *args, **kwargs):
        return self.base_model.generate(*args, **kwargs)

    def print_trainable_parameters(self):
        pass

    def save_pretrained(self, path):
        pass


def get_peft_model(model, config):
    for p in model.embeddings.parameters():
        p.requires_grad_(False)
    return PeftModel(model)
