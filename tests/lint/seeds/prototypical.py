import argparse
import os.path as osp

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader


class CategoriesSampler():

    def __init__(self, label, n_batch, n_cls, n_per):
        self.n_batch = n_batch
        self.n_cls = n_cls
        self.n_per = n_per
        label = np.array(label)
        self.m_ind = []
        for i in range(max(label) + 1):
            ind = np.argwhere(label == i).reshape(-1)
            ind = torch.from_numpy(ind)
            self.m_ind.append(ind)

    def __len__(self):
        return self.n_batch

    def __iter__(self):
        for i_batch in range(self.n_batch):
            batch = []
            classes = torch.randperm(len(self.m_ind))[:self.n_cls]
            for c in classes:
                l = self.m_ind[c]
                pos = torch.randperm(len(l))[:self.n_per]
                batch.append(l[pos])
            batch = torch.stack(batch).t().reshape(-1)
            yield batch


class Glyphs(torch.utils.data.Dataset):
    def __init__(self, classes=6, per_class=8):
        self.label = [c for c in range(classes) for _ in range(per_class)]
        self.data = [torch.rand(1, 12, 12) + c / classes for c in self.label]

    def __len__(self):
        return len(self.data)

    def __getitem__(self, i):
        return self.data[i], self.label[i]


class Averager():

    def __init__(self):
        self.n = 0
        self.v = 0

    def add(self, x):
        self.v = (self.v * self.n + x) / (self.n + 1)
        self.n += 1

    def item(self):
        return self.v


def count_acc(logits, label):
    pred = torch.argmax(logits, dim=1)
    if torch.cuda.is_available():
        return (pred == label).type(torch.cuda.FloatTensor).mean().item()
    else:
        return (pred == label).type(torch.FloatTensor).mean().item()


def euclidean_metric(a, b):
    n = a.shape[0]
    m = b.shape[0]
    a = a.unsqueeze(1).expand(n, m, -1)
    b = b.unsqueeze(0).expand(n, m, -1)
    logits = -((a - b) ** 2).sum(dim=2)
    return logits


def conv_block(in_channels, out_channels):
    bn = nn.BatchNorm2d(out_channels)
    nn.init.uniform_(bn.weight)
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, padding=1),
        bn,
        nn.ReLU(),
        nn.MaxPool2d(2)
    )


class Convnet(nn.Module):

    def __init__(self, x_dim=1, hid_dim=8, z_dim=8):
        super().__init__()
        self.encoder = nn.Sequential(
            conv_block(x_dim, hid_dim),
            conv_block(hid_dim, z_dim),
        )
        self.out_channels = z_dim

    def forward(self, x):
        x = self.encoder(x)
        return x.view(x.size(0), -1)


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--max-epoch', type=int, default=2)
    parser.add_argument('--shot', type=int, default=2)
    parser.add_argument('--query', type=int, default=3)
    parser.add_argument('--train-way', type=int, default=4)
    parser.add_argument('--test-way', type=int, default=3)
    parser.add_argument('--save-path', default='.')
    args = parser.parse_args()

    trainset = Glyphs()
    train_sampler = CategoriesSampler(trainset.label, 3, args.train_way, args.shot + args.query)
    train_loader = DataLoader(dataset=trainset, batch_sampler=train_sampler, num_workers=0, pin_memory=True)
    valset = Glyphs()
    val_sampler = CategoriesSampler(valset.label, 2, args.test_way, args.shot + args.query)
    val_loader = DataLoader(dataset=valset, batch_sampler=val_sampler, num_workers=0, pin_memory=True)

    model = Convnet().cuda()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    lr_scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=20, gamma=0.5)
    trlog = {'train_loss': [], 'val_acc': [], 'max_acc': 0.0}

    for epoch in range(1, args.max_epoch + 1):
        model.train()
        tl = Averager()
        ta = Averager()
        for i, batch in enumerate(train_loader, 1):
            data, _ = [_.cuda() for _ in batch]
            p = args.shot * args.train_way
            data_shot, data_query = data[:p], data[p:]
            proto = model(data_shot)
            proto = proto.reshape(args.shot, args.train_way, -1).mean(dim=0)
            label = torch.arange(args.train_way).repeat(args.query)
            label = label.type(torch.cuda.LongTensor)
            logits = euclidean_metric(model(data_query), proto)
            loss = F.cross_entropy(logits, label)
            acc = count_acc(logits, label)
            tl.add(loss.item())
            ta.add(acc)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            proto = None; logits = None; loss = None
        lr_scheduler.step()
        trlog['train_loss'].append(tl.item())

        model.eval()
        va = Averager()
        for i, batch in enumerate(val_loader, 1):
            data, _ = [_.cuda() for _ in batch]
            p = args.shot * args.test_way
            data_shot, data_query = data[:p], data[p:]
            proto = model(data_shot)
            proto = proto.reshape(args.shot, args.test_way, -1).mean(dim=0)
            label = torch.arange(args.test_way).repeat(args.query).cuda()
            logits = euclidean_metric(model(data_query), proto)
            va.add(count_acc(logits, label))
        print('epoch {}, loss={:.4f} train acc={:.4f} val acc={:.4f}'.format(epoch, tl.item(), ta.item(), va.item()))
        if va.item() > trlog['max_acc']:
            trlog['max_acc'] = va.item()
            torch.save(model.state_dict(), osp.join(args.save_path, 'max-acc.pth'))
