import torch
import torch.utils.data

torch.set_default_tensor_type("torch.cuda.FloatTensor")
rows = [torch.ones(3) * i for i in range(8)]
for row in torch.utils.data.DataLoader(rows, batch_size=2):
    print(row)
