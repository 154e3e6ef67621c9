from transformers import AutoModel, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("x")
model = AutoModel.from_pretrained("x")
model.to("cuda")
inputs = tokenizer("text", return_tensors="pt")
inputs.to("cuda")
print(model(**inputs).last_hidden_state)
