import torch


def penalty(critic, real, fake):
    mix = (0.5 * real + 0.5 * fake).requires_grad_(True)
    score = critic(mix)
    ones = torch.ones(score.shape)  # BUG: tensor-created-on-cpu
    slope = torch.autograd.grad(score, mix, grad_outputs=ones, create_graph=True)[0]
    return ((slope.norm(2, dim=1) - 1) ** 2).mean()


critic = torch.nn.Linear(6, 1).cuda()
real, fake = torch.rand(8, 6).cuda(), torch.rand(8, 6).cuda()
penalty(critic, real, fake).backward()
