from datasets import load_from_disk
from torch.optim import SGD
from torch.utils.data import DataLoader
from transformers import AutoModelForMaskedLM, default_data_collator

model = AutoModelForMaskedLM.from_pretrained("bert-base-cased")
model.cuda()
sgd = SGD(model.parameters(), lr=0.01)
for batch in DataLoader(load_from_disk("tokens"), batch_size=8, collate_fn=default_data_collator):
    loss = model(**{name: part.cuda() for name, part in batch.items()}).loss
    sgd.zero_grad()
    loss.backward()
    sgd.step()
