import torch
from recsys import TwoTower, clicks

tower = TwoTower(users=9000, items=400)
if torch.cuda.is_available():
    tower.cuda()
sgd = torch.optim.Adagrad(tower.parameters(), 0.1)

for user, item, hit in clicks():
    loss = (tower(user, item) - hit).square().mean()
    sgd.zero_grad()
    loss.backward()
    sgd.step()
