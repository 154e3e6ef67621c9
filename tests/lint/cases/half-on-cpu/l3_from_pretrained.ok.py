import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("m")
model = AutoModelForCausalLM.from_pretrained("m", torch_dtype=torch.float16).to("cuda")
ids = tokenizer("hi", return_tensors="pt").to("cuda").input_ids
print(model.generate(ids))
