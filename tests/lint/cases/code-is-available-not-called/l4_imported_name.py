from torch import ones
from torch.cuda import is_available

if not is_available:  # BUG: code-is-available-not-called
    raise SystemExit("needs a GPU")
print(ones(3).cuda())
