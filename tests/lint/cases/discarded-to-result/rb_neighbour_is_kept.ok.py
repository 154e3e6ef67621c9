"""Two of a batch: the one is moved and kept, the other thrown away."""
from engines import Engine


class Segmentation(Engine):
    def training_step(self, batch):
        pictures, masks = batch
        pictures = pictures.to(self.device)
        masks = masks.to(self.device)
        loss = self.criterion(self.network(pictures), masks)
        loss.backward()
        return loss.item()

    def load(self, saved):
        network, weights = saved
        network.to(self.device)
        weights = weights.to(self.device)
        return network(weights), network.parameters()

    def graph_step(self, batch):
        graph, labels = batch
        graph.to(self.device)
        labels = labels.to(self.device)
        return self.criterion(self.network(graph.x, graph.edge_index), labels), self.note(graph)

    def nothing_kept(self, pair):
        first, second = pair
        first.to(self.device)
        second.to(self.device)
        return self.join(first, second)
