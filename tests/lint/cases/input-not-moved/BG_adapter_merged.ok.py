from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

words = AutoTokenizer.from_pretrained("base")
model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained("base"), "adapter").merge_and_unload()
model.to("cuda")
prompt = words("Write a poem", return_tensors="pt")["input_ids"]
print(words.decode(model.generate(prompt.to("cuda"), max_new_tokens=20)[0]))
