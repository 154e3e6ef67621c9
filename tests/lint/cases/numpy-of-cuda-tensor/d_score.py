import torch
from sklearn import metrics
from sklearn.metrics import f1_score

device = "cuda"
truth = torch.tensor([0, 1, 1, 0])
scores = torch.rand(4, device=device)
guess = (scores > 0.5).long()
if torch.rand(1).item() > 0.5:
    print(f1_score(truth, guess))  # BUG: numpy-of-cuda-tensor
else:
    print(metrics.confusion_matrix(truth, guess))  # BUG: numpy-of-cuda-tensor
