import torch


class Trainer:
    def __init__(self, net, opt):
        self.net = net.cuda()
        self.opt = opt

    def epoch(self, batches):
        skipped = 0
        for batch in batches:
            self.opt.zero_grad()
            try:
                result = self.net(batch["image"].cuda(), batch["target"].cuda())
                total = sum(result.values())
                total.backward()
            except torch.OutOfMemoryError:  # BUG: oom-skip-keeps-refs
                skipped += 1
            else:
                self.opt.step()
        return skipped
