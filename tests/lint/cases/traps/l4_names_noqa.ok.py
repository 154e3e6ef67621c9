import torch

DATA = os.path.join("a", "b")  # noqa: F821
print(torch.__version__, DATA)
