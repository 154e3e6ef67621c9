from tqdm import tqdm


def epoch(net, data, loss_fn, opt):
    net.train()
    for i, (x, y) in enumerate(tqdm(data)):
        x.cuda()  # BUG: discarded-to-result
        y = y.cuda()
        opt.zero_grad()
        loss_fn(net(x), y).backward()
        opt.step()
