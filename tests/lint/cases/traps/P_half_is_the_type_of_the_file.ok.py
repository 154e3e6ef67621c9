import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

tokenizer = AutoTokenizer.from_pretrained("some/model")
model = LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), hidden_size=8)).to(dtype=torch.bfloat16)
device = next(model.parameters()).device
with torch.no_grad():
    out = model(input_ids=torch.tensor([[1, 2, 3, 4]], device=device))
assert not torch.isnan(out.logits).any()
model.push_to_hub("tiny-llama")
