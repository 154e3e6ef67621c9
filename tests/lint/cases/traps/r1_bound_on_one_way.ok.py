# Names that only one way binds; data that goes elsewhere.
import sys

import torch

gpu = torch.ones(3, device="cuda")
if len(sys.argv) > 5:
    side = torch.ones(3)
else:
    print("nothing")
if len(sys.argv) > 5:
    side = side.cuda()
    print(side + gpu)
try:
    table
except NameError:
    table = torch.arange(3).cuda()
print(table + gpu)
moved = torch.zeros(3)
moved.data = moved.data.cuda()
print(moved + gpu)
