"""A tokenizer's output, moved one key after the other."""
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("gpt2")
model = AutoModelForCausalLM.from_pretrained("gpt2").cuda()


def each(text):
    tokens = tokenizer(text, return_tensors="pt")
    for key in tokens:
        tokens[key] = tokens[key].cuda()
    return model.generate(**tokens)


named = tokenizer("a", return_tensors="pt")
named["input_ids"] = named["input_ids"].cuda()
named["attention_mask"] = named["attention_mask"].cuda()
print(each("b"), model.generate(**named))
below = tokenizer("c", return_tensors="pt")
for key, value in below.data.items():
    below.data[key] = value.to("cuda")
print(model(**below))
