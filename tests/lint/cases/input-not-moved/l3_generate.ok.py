from transformers import AutoModelForCausalLM, AutoTokenizer

tok = AutoTokenizer.from_pretrained("some/model")
lm = AutoModelForCausalLM.from_pretrained("some/model", device_map="auto")
ids = tok.encode("Hello", return_tensors="pt")
out = lm.generate(ids.to("cuda"), max_length=20)
print(tok.decode(out[0]))
