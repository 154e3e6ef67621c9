import torch
from networks import make

# Whether it is moved is the caller's choice, and so is where the noise is.
def sample(latent, on_gpu):
    net = make(latent)
    noise = torch.randn(16, latent)
    if on_gpu:
        net.cuda()
        noise = noise.cuda()
    net.eval()
    return net(noise)
