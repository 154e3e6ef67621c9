import torch


class Loop:
    def epoch(self, loader):
        total = 0.0
        for batch in loader:
            batch = batch.cuda()
            loss = self.model(batch).mean()
            loss.backward()
            self.opt.step()
            self.opt.zero_grad(set_to_none=True)
            total += float(loss)  # BUG: sync-in-hot-loop
        return total / len(loader)
