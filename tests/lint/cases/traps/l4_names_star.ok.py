import torch
from helpers_of_ours import *

os.makedirs("out", exist_ok=True)
np.random.seed(0)
print(torch.__version__)
