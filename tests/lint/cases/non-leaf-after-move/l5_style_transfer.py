import torch
import torch.optim as optim


def transfer(vgg, content, steps=300):
    canvas = torch.rand_like(content.cpu()).requires_grad_(True)
    canvas = canvas.to("cuda")  # BUG: non-leaf-after-move
    optimizer = optim.LBFGS([canvas])
    for _ in range(steps):
        def closure():
            optimizer.zero_grad()
            loss = vgg(canvas).pow(2).mean()
            loss.backward()
            return loss
        optimizer.step(closure)
    return canvas
