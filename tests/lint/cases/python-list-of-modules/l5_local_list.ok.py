import torch


def conv_bn(c_in, c_out):
    return torch.nn.Sequential(
        torch.nn.Conv2d(c_in, c_out, 3, padding=1, bias=False),
        torch.nn.BatchNorm2d(c_out),
        torch.nn.ReLU(inplace=True),
    )


class Encoder(torch.nn.Module):
    def __init__(self, chans):
        super().__init__()
        stages = []
        for a, b in zip(chans[:-1], chans[1:]):
            stages += [conv_bn(a, b)]
        self.stages = torch.nn.ModuleList(stages)

    def features(self, x):
        out = []
        for k, stage in enumerate(self.stages):
            x = stage(x)
            out.append(x)
        return out

    def forward(self, x):
        return self.features(x)[-1]
