import torch
from torch.utils.data import DataLoader, Dataset

use_cuda = torch.cuda.is_available()
loader_args = {"num_workers": 2, "pin_memory": False} if use_cuda else {}


class Waves(Dataset):
    def __len__(self):
        return 50

    def __getitem__(self, i):
        t = torch.linspace(0, 1, 100)
        wave = torch.sin(t * i)
        return {"wave": wave, "id": i}


model = torch.nn.Linear(100, 1).cuda()
for batch in DataLoader(Waves(), batch_size=10, **loader_args):
    print(model(batch["wave"].cuda()).mean())
