# SPDX-License-Identifier: Apache-2.0
"""As much of transformers as decides where things are: small random models instead of downloads. What moves what is as documented:
from_pretrained gives a model on the CPU unless device_map says otherwise, tokenizers give CPU tensors, BatchEncoding.to() works in
place, Trainer moves the model and the batches."""
import collections

import torch
from torch import nn
from torch.utils.data import DataLoader

VOCAB, HIDDEN = 64, 8


class BatchEncoding(collections.UserDict):
    def __getattr__(self, name):
        try:
            return self.__dict__["data"][name]
        except KeyError:
            raise AttributeError(name) from None

    def to(self, device):
        self.data = {k: v.to(device) if isinstance(v, torch.Tensor) else v for k, v in self.data.items()}
        return self


class PreTrainedTokenizerBase:
    pad_token = eos_token = "</s>"
    pad_token_id = eos_token_id = 0
    padding_side = "right"

    @classmethod
    def from_pretrained(cls, name, **kwargs):
        return cls()

    def __len__(self):
        return VOCAB

    def ids(self, text):
        return [2 + sum(map(ord, word)) % (VOCAB - 2) for word in text.split()] + [1]

    def __call__(self, text, text_pair=None, return_tensors=None, padding=False, truncation=None, max_length=None, **kwargs):
        rows = [self.ids(t)[:max_length] for t in ([text] if isinstance(text, str) else text)]
        if return_tensors is None:
            return BatchEncoding({"input_ids": rows[0] if isinstance(text, str) else rows,
                                  "attention_mask": [1] * len(rows[0]) if isinstance(text, str) else [[1] * len(r) for r in rows]})
        width = max_length if padding == "max_length" else max(map(len, rows))
        ids = torch.tensor([r + [0] * (width - len(r)) for r in rows])
        mask = torch.tensor([[1] * len(r) + [0] * (width - len(r)) for r in rows])
        return BatchEncoding({"input_ids": ids, "attention_mask": mask})

    def encode(self, text, return_tensors=None, **kwargs):
        return self.ids(text) if return_tensors is None else torch.tensor([self.ids(text)])

    def pad(self, features, return_tensors="pt", **kwargs):
        width = max(len(f["input_ids"]) for f in features)
        out = {"input_ids": torch.tensor([list(f["input_ids"]) + [0] * (width - len(f["input_ids"])) for f in features]),
               "attention_mask": torch.tensor([[1] * len(f["input_ids"]) + [0] * (width - len(f["input_ids"])) for f in features])}
        if "labels" in features[0] or "label" in features[0]:
            out["labels"] = torch.tensor([f.get("labels", f.get("label")) for f in features])
        return BatchEncoding(out)

    def decode(self, ids, **kwargs):
        return " ".join(str(int(i)) for i in ids)

    def batch_decode(self, rows, **kwargs):
        return [self.decode(r) for r in rows]

    def save_pretrained(self, path):
        pass


AutoTokenizer = BertTokenizer = GPT2Tokenizer = AutoProcessor = BertTokenizerFast = PreTrainedTokenizerBase


class ModelOutput(dict):
    __getattr__ = dict.__getitem__

    def __getitem__(self, key):
        return list(self.values())[key] if isinstance(key, int) else dict.__getitem__(self, key)


class Config:
    hidden_size, vocab_size, num_labels = HIDDEN, VOCAB, 2
    pad_token_id = None

    @classmethod
    def from_pretrained(cls, name, **kwargs):
        return cls()


AutoConfig = BertConfig = Config


class PreTrainedModel(nn.Module):
    outputs = HIDDEN
    tokens = True

    def __init__(self, config=None, outputs=None):
        super().__init__()
        self.config = config or Config()
        self.embeddings = nn.Embedding(VOCAB, HIDDEN)
        self.encoder = nn.Linear(HIDDEN, HIDDEN)
        self.head = nn.Linear(HIDDEN, outputs or self.outputs)

    @classmethod
    def from_pretrained(cls, name, device_map=None, num_labels=None, **kwargs):
        model = cls(outputs=num_labels if num_labels and not cls.tokens else None)
        return model.to("cuda") if device_map else model.eval()

    @classmethod
    def from_config(cls, config):
        return cls(config)

    @property
    def device(self):
        return next(self.parameters()).device

    def forward(self, input_ids=None, attention_mask=None, labels=None, **kwargs):
        h = torch.tanh(self.encoder(self.embeddings(input_ids)))
        if attention_mask is not None:
            h = h * attention_mask.unsqueeze(-1)
        out = {}
        logits = self.head(h) if self.tokens else self.head(h.mean(1))
        if labels is not None:
            out["loss"] = nn.functional.cross_entropy(logits.reshape(-1, logits.size(-1)), labels.reshape(-1))
        return ModelOutput(out, logits=logits, last_hidden_state=h, pooler_output=h[:, 0])

    @torch.no_grad()
    def generate(self, input_ids=None, attention_mask=None, max_new_tokens=3, **kwargs):
        for _ in range(min(max_new_tokens, 3)):
            logits = self(input_ids)["logits"][:, -1]
            input_ids = torch.cat([input_ids, logits.argmax(-1, keepdim=True)], dim=1)
        return input_ids

    def resize_token_embeddings(self, n):
        pass

    def gradient_checkpointing_enable(self):
        pass

    def save_pretrained(self, path):
        pass


class AutoModel(PreTrainedModel):
    pass


class AutoModelForCausalLM(PreTrainedModel):
    outputs = VOCAB


class AutoModelForSequenceClassification(PreTrainedModel):
    outputs, tokens = 2, False


BertModel = AutoModel
GPT2LMHeadModel = AutoModelForCausalLM
BertForSequenceClassification = AutoModelForSequenceClassification


class DataCollatorWithPadding:
    def __init__(self, tokenizer, **kwargs):
        self.tokenizer = tokenizer

    def __call__(self, features):
        return self.tokenizer.pad(features)


def default_data_collator(features):
    return {k: torch.tensor([f[k] for f in features]) for k in features[0]}


class TrainingArguments:
    def __init__(self, output_dir=None, num_train_epochs=1, per_device_train_batch_size=4, learning_rate=1e-3, **kwargs):
        self.num_train_epochs, self.batch = num_train_epochs, per_device_train_batch_size
        self.learning_rate, self.device = learning_rate, torch.device("cuda")


class Trainer:
    def __init__(self, model=None, args=None, train_dataset=None, eval_dataset=None, data_collator=None, tokenizer=None, **kwargs):
        self.model, self.args = model.to("cuda"), args or TrainingArguments()
        self.train_dataset, self.collate = train_dataset, data_collator or default_data_collator

    def compute_loss(self, model, inputs, return_outputs=False, **kwargs):
        outputs = model(**inputs)
        return (outputs["loss"], outputs) if return_outputs else outputs["loss"]

    def train(self):
        optimizer = torch.optim.AdamW(self.model.parameters(), lr=self.args.learning_rate)
        self.model.train()
        for batch in DataLoader(self.train_dataset, batch_size=self.args.batch, collate_fn=self.collate):
            loss = self.compute_loss(self.model, {k: v.to("cuda") for k, v in batch.items()})
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def get_linear_schedule_with_warmup(optimizer, num_warmup_steps, num_training_steps):
    return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: 1.0)


def get_scheduler(name, optimizer, num_warmup_steps=0, num_training_steps=0):
    return get_linear_schedule_with_warmup(optimizer, num_warmup_steps, num_training_steps)


def set_seed(seed):
    torch.manual_seed(seed)
