"""Two of a batch: the one is moved and kept, the other thrown away."""
from engines import Engine


class Segmentation(Engine):
    def training_step(self, batch):
        pictures, masks = batch
        pictures.to(self.device)  # BUG: discarded-to-result
        masks = masks.to(self.device)
        loss = self.criterion(self.network(pictures), masks)
        loss.backward()
        return loss.item()
