import torch
from datasets import load_from_disk
from transformers import AutoModelForSequenceClassification, AutoTokenizer, Trainer, TrainingArguments

tokenizer = AutoTokenizer.from_pretrained("albert-base-v2")
model = AutoModelForSequenceClassification.from_pretrained("albert-base-v2", num_labels=3)
options = TrainingArguments(output_dir="runs", num_train_epochs=2, use_cpu=True)
Trainer(model=model, args=options, train_dataset=load_from_disk("rows")).train()
with torch.no_grad():
    asked = tokenizer(["is it spam?"], return_tensors="pt")
    print(model(**asked).logits.softmax(-1))
