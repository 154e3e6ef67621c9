import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("m")
model = AutoModelForCausalLM.from_pretrained("m", torch_dtype=torch.float16)  # BUG: half-on-cpu
ids = tokenizer("hi", return_tensors="pt").input_ids
print(model.generate(ids))
