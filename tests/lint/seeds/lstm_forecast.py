# Forecast the next value of a noisy sine wave.
import numpy as np
import torch
import torch.nn as nn
from torch.autograd import Variable


def sliding_windows(data, seq_length):
    x = []
    y = []
    for i in range(len(data) - seq_length - 1):
        _x = data[i:(i + seq_length)]
        _y = data[i + seq_length]
        x.append(_x)
        y.append(_y)
    return np.array(x), np.array(y)


class MinMaxScaler:
    def fit_transform(self, data):
        self.low, self.high = data.min(), data.max()
        return (data - self.low) / (self.high - self.low)

    def inverse_transform(self, data):
        return data * (self.high - self.low) + self.low


class LSTM(nn.Module):

    def __init__(self, num_classes, input_size, hidden_size, num_layers, device):
        super(LSTM, self).__init__()
        self.num_layers = num_layers
        self.hidden_size = hidden_size
        self.device = device
        self.lstm = nn.LSTM(input_size=input_size, hidden_size=hidden_size, num_layers=num_layers, batch_first=True)
        self.fc = nn.Linear(hidden_size, num_classes)

    def forward(self, x):
        h_0 = Variable(torch.zeros(self.num_layers, x.size(0), self.hidden_size)).to(self.device)
        c_0 = Variable(torch.zeros(self.num_layers, x.size(0), self.hidden_size)).to(self.device)
        ula, (h_out, _) = self.lstm(x, (h_0, c_0))
        h_out = h_out[-1].view(-1, self.hidden_size)
        out = self.fc(h_out)
        return out


np.random.seed(0)
torch.manual_seed(0)
device = 'cuda' if torch.cuda.is_available() else 'cpu'
print(f'Using {device}')

training_set = (np.sin(np.linspace(0, 20, 120)) + 0.1 * np.random.randn(120)).reshape(-1, 1)
sc = MinMaxScaler()
training_data = sc.fit_transform(training_set)
seq_length = 6
x, y = sliding_windows(training_data, seq_length)

train_size = int(len(y) * 0.67)
dataX = Variable(torch.Tensor(np.array(x))).to(device)
dataY = Variable(torch.Tensor(np.array(y))).to(device)
trainX = torch.from_numpy(x[0:train_size]).float().to(device)
trainY = torch.from_numpy(y[0:train_size]).float().to(device)
testX = torch.from_numpy(x[train_size:]).float().to(device)
testY = torch.from_numpy(y[train_size:]).float().to(device)

num_epochs = 4
lstm = LSTM(num_classes=1, input_size=1, hidden_size=8, num_layers=1, device=device).to(device)
criterion = torch.nn.MSELoss().to(device)
optimizer = torch.optim.Adam(lstm.parameters(), lr=0.01)

history = {'train': [], 'val': []}
for epoch in range(num_epochs):
    lstm.train()
    permutation = torch.randperm(trainX.size(0), device=device)
    for i in range(0, trainX.size(0), 16):
        indices = permutation[i:i + 16]
        batch_x, batch_y = trainX[indices], trainY[indices]
        optimizer.zero_grad()
        outputs = lstm(batch_x)
        loss = criterion(outputs, batch_y)
        loss.backward()
        optimizer.step()
    history['train'].append(loss.item())
    lstm.eval()
    with torch.no_grad():
        val_loss = criterion(lstm(testX), testY)
        history['val'].append(val_loss.cpu().numpy())
    if epoch % 2 == 0:
        print("Epoch: %d, loss: %1.5f" % (epoch, loss.item()))

lstm.eval()
train_predict = lstm(dataX)
data_predict = train_predict.data.cpu().numpy()
dataY_plot = dataY.data.cpu().numpy()
data_predict = sc.inverse_transform(data_predict)
dataY_plot = sc.inverse_transform(dataY_plot)
rmse = np.sqrt(np.mean((data_predict - dataY_plot) ** 2))
print('rmse', rmse, min(history['val']))

window = testX[0:1]
future = []
with torch.no_grad():
    for _ in range(5):
        step = lstm(window)
        future.append(step.item())
        window = torch.cat([window[:, 1:, :], step.unsqueeze(1)], dim=1)
print(future)
