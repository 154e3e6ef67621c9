import torch
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from torch import nn

iris = load_iris()
x_train, x_test, y_train, y_test = train_test_split(iris["data"], iris["target"], test_size=0.2)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = nn.Linear(4, 3).to(device)
x = torch.tensor(x_train).float().to(device)
y = torch.tensor(y_train).long()
for step in range(10):
    nn.functional.cross_entropy(model(x), y).backward()  # BUG: target-not-moved
