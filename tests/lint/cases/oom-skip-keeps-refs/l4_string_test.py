import torch
from torch import nn

model = nn.TransformerEncoderLayer(64, 4).cuda()
opt = torch.optim.Adam(model.parameters())
for step in range(1000):
    batch = torch.randn(512, step + 1, 64, device="cuda")
    try:
        hidden = model(batch)
        loss = hidden.pow(2).mean()
        loss.backward()
        opt.step()
    except RuntimeError as e:  # BUG: oom-skip-keeps-refs
        if "out of memory" in str(e):
            torch.cuda.empty_cache()
            opt.zero_grad()
        else:
            raise
