from torch import ones
from torch.cuda import is_available

if not is_available():
    raise SystemExit("needs a GPU")
print(ones(3).cuda())
