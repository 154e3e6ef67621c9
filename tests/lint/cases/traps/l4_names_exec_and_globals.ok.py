import torch

source = open("setup_names.txt").read()
exec(source)
os.makedirs("x", exist_ok=True)
print(np.pi, torch.pi)
