import torch
from torch.autograd import Variable
from torch.optim import Adam

latent = Variable(torch.zeros(1, 512), requires_grad=True).cuda()  # BUG: non-leaf-after-move
params = [latent]
optimizer = Adam(params, lr=1e-2)
