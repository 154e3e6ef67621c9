import torch


def generator_step(generator, discriminator, optimizer, device, n):
    noise = torch.randn(n, 64, device=device)
    labels = torch.randint(0, 10, (n,), device=device)
    optimizer.zero_grad()
    fake = generator(noise, labels)
    loss = -discriminator(fake, labels).mean()
    loss.backward()
    optimizer.step()
