"""A project whose decorators do a lot while a class is made; what is run afterwards is judged all the same."""
import torch
from torch import nn

registry = []


def stage0(thing):
    registry.append(thing.__name__)
    return thing


def stage1(thing):
    registry.append(len(registry))
    return stage0(stage0(thing))


def stage2(thing):
    registry.append(len(registry))
    return stage1(stage1(thing))


def stage3(thing):
    registry.append(len(registry))
    return stage2(stage2(thing))


def stage4(thing):
    registry.append(len(registry))
    return stage3(stage3(thing))


def stage5(thing):
    registry.append(len(registry))
    return stage4(stage4(thing))


def stage6(thing):
    registry.append(len(registry))
    return stage5(stage5(thing))


def stage7(thing):
    registry.append(len(registry))
    return stage6(stage6(thing))


def stage8(thing):
    registry.append(len(registry))
    return stage7(stage7(thing))


def stage9(thing):
    registry.append(len(registry))
    return stage8(stage8(thing))


def stage10(thing):
    registry.append(len(registry))
    return stage9(stage9(thing))


def stage11(thing):
    registry.append(len(registry))
    return stage10(stage10(thing))


def stage12(thing):
    registry.append(len(registry))
    return stage11(stage11(thing))


def stage13(thing):
    registry.append(len(registry))
    return stage12(stage12(thing))


def stage14(thing):
    registry.append(len(registry))
    return stage13(stage13(thing))


def stage15(thing):
    registry.append(len(registry))
    return stage14(stage14(thing))


def stage16(thing):
    registry.append(len(registry))
    return stage15(stage15(thing))


def stage17(thing):
    registry.append(len(registry))
    return stage16(stage16(thing))


def stage18(thing):
    registry.append(len(registry))
    return stage17(stage17(thing))


def documented(thing):
    return stage18(thing)


@documented
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 2)

    @documented
    def forward(self, x):
        return self.layer(x)


@documented
def describe(model):
    print(sum(p.numel() for p in model.parameters()))


net = nn.Linear(8, 2).cuda()
describe(nn.Linear(2, 2))
batch = torch.randn(4, 8)
print(net(batch))  # BUG: input-not-moved
