import torch
from torch.autograd import Variable
from torch.optim import Adam

latent = Variable(torch.zeros(1, 512).cuda(), requires_grad=True)
params = [latent]
optimizer = Adam(params, lr=1e-2)
