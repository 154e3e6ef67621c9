import torch
from torch import nn


def main():
    torch.manual_seed(0)
    if torch.cuda.is_available():
        device = torch.device("cuda")
    else:
        device = torch.device("cpu")
    if device.type == "cuda":
        print(torch.cuda.get_device_name(0))
    model = nn.LSTM(8, 16, batch_first=True).to(device)
    head = nn.Linear(16, 1).to(device)
    params = list(model.parameters()) + list(head.parameters())
    opt = torch.optim.AdamW(params)
    for _ in range(10):
        seq = torch.randn(4, 12, 8).to(device)
        out, _ = model(seq)
        loss = head(out[:, -1]).square().mean()
        opt.zero_grad()
        loss.backward()
        opt.step()


if __name__ == "__main__":
    main()
