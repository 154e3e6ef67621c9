import torch


def train_model(model, batch_size):
    for _ in range(10):
        x = torch.randn(batch_size, 128, device="cuda")
        model(x).sum().backward()


def main():
    model = torch.nn.Linear(128, 128).cuda()
    try:
        train_model(model, 4096)
    except torch.cuda.OutOfMemoryError:
        torch.cuda.empty_cache()
        train_model(model, 512)  # BUG: oom-retry-in-except


main()
