from transformers import AutoModelForCausalLM, AutoTokenizer

tok = AutoTokenizer.from_pretrained("some/model")
lm = AutoModelForCausalLM.from_pretrained("some/model", device_map="auto")
ids = tok.encode("Hello", return_tensors="pt")
out = lm.generate(ids, max_length=20)  # BUG: input-not-moved
print(tok.decode(out[0]))
