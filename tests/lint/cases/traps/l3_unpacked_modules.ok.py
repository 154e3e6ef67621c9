import torch


def move_all(pairs, device):
    for name, module in pairs:
        module.to(device)
        module.train()
        print(name, sum(p.numel() for p in module.parameters()))


def graphs(loader, model, device):
    for graph, other in loader:
        graph.to(device)
        model(graph.x, graph.edge_index)
