import torch
import torch.nn as nn
import torchvision.transforms as transforms
from torch.utils.data import DataLoader

import zoo
from pictures import Pictures

model = nn.DataParallel(zoo.__dict__["resnet"]()).cuda()
criterion = nn.CrossEntropyLoss().cuda()
optimizer = torch.optim.SGD(model.parameters(), 0.1)
train_loader = DataLoader(Pictures(transforms.ToTensor()), batch_size=256)

for i, (input, target) in enumerate(train_loader):
    target = target.cuda(non_blocking=True)
    print(input.size(0))
    output = model(input)
    loss = criterion(output, target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
