import logging

import torch
from torch.utils.data import DataLoader, Dataset
from transformers import GPT2LMHeadModel, GPT2Tokenizer, get_linear_schedule_with_warmup

device = 'cpu'
if torch.cuda.is_available():
    device = 'cuda'

logging.getLogger().setLevel(logging.CRITICAL)
tokenizer = GPT2Tokenizer.from_pretrained('gpt2-medium')
model = GPT2LMHeadModel.from_pretrained('gpt2-medium')
model = model.to(device)


class JokesDataset(Dataset):
    def __init__(self):
        super().__init__()
        self.joke_list = [f"JOKE: number {i} of many</s>" for i in range(8)]

    def __len__(self):
        return len(self.joke_list)

    def __getitem__(self, item):
        return self.joke_list[item]


BATCH_SIZE = 2
EPOCHS = 1
LEARNING_RATE = 3e-4
WARMUP_STEPS = 10
joke_loader = DataLoader(JokesDataset(), batch_size=1, shuffle=True)

model.train()
optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE)
scheduler = get_linear_schedule_with_warmup(optimizer, num_warmup_steps=WARMUP_STEPS, num_training_steps=-1)
proc_seq_count = 0
sum_loss = 0.0
batch_count = 0

for epoch in range(EPOCHS):
    for idx, joke in enumerate(joke_loader):
        joke_tens = torch.tensor(tokenizer.encode(joke[0])).unsqueeze(0).to(device)
        outputs = model(joke_tens, labels=joke_tens)
        loss, logits = outputs[:2] if isinstance(outputs, tuple) else (outputs.loss, outputs.logits)
        loss.backward()
        sum_loss = sum_loss + loss.detach().data
        proc_seq_count = proc_seq_count + 1
        if proc_seq_count == BATCH_SIZE:
            proc_seq_count = 0
            batch_count += 1
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
            model.zero_grad()
    print(f"sum loss {sum_loss}")

model.eval()
with torch.no_grad():
    cur_ids = torch.tensor(tokenizer.encode("JOKE:")).unsqueeze(0).to(device)
    for i in range(3):
        outputs = model(cur_ids, labels=cur_ids)
        softmax_logits = torch.softmax(outputs.logits[0, -1], dim=0)
        next_token_id = torch.multinomial(softmax_logits, 1).item()
        cur_ids = torch.cat([cur_ids, torch.ones((1, 1)).long().to(device) * next_token_id], dim=1)
    output_list = list(cur_ids.squeeze().to('cpu').numpy())
    print(tokenizer.decode(output_list))
