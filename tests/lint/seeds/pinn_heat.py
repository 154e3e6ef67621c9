"""A physics-informed network for the heat equation u_t = a u_xx."""
import numpy as np
import torch
from torch import nn

torch.set_default_dtype(torch.float32)
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
np.random.seed(1234)
torch.manual_seed(1234)


class DNN(torch.nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.depth = len(layers) - 1
        self.activation = torch.nn.Tanh
        layer_list = list()
        for i in range(self.depth - 1):
            layer_list.append(("layer_%d" % i, torch.nn.Linear(layers[i], layers[i + 1])))
            layer_list.append(("activation_%d" % i, self.activation()))
        layer_list.append(("layer_%d" % (self.depth - 1), torch.nn.Linear(layers[-2], layers[-1])))
        from collections import OrderedDict
        self.layers = torch.nn.Sequential(OrderedDict(layer_list))

    def forward(self, x):
        return self.layers(x)


class PhysicsInformedNN:
    def __init__(self, X_u, u, X_f, layers, lb, ub):
        self.lb = torch.tensor(lb).float().to(DEVICE)
        self.ub = torch.tensor(ub).float().to(DEVICE)
        self.x_u = torch.tensor(X_u[:, 0:1], requires_grad=True).float().to(DEVICE)
        self.t_u = torch.tensor(X_u[:, 1:2], requires_grad=True).float().to(DEVICE)
        self.x_f = torch.tensor(X_f[:, 0:1], requires_grad=True).float().to(DEVICE)
        self.t_f = torch.tensor(X_f[:, 1:2], requires_grad=True).float().to(DEVICE)
        self.u = torch.tensor(u).float().to(DEVICE)
        self.alpha = torch.nn.Parameter(torch.tensor([0.5], device=DEVICE))
        self.dnn = DNN(layers).to(DEVICE)
        self.optimizer = torch.optim.LBFGS(list(self.dnn.parameters()) + [self.alpha], lr=0.5, max_iter=5,
                                           line_search_fn="strong_wolfe")
        self.adam = torch.optim.Adam(self.dnn.parameters(), lr=1e-3)
        self.iter = 0

    def net_u(self, x, t):
        X = torch.cat([x, t], dim=1)
        X = 2.0 * (X - self.lb) / (self.ub - self.lb) - 1.0
        return self.dnn(X)

    def net_f(self, x, t):
        u = self.net_u(x, t)
        u_t = torch.autograd.grad(u, t, grad_outputs=torch.ones_like(u), retain_graph=True, create_graph=True)[0]
        u_x = torch.autograd.grad(u, x, grad_outputs=torch.ones_like(u), retain_graph=True, create_graph=True)[0]
        u_xx = torch.autograd.grad(u_x, x, grad_outputs=torch.ones_like(u_x), retain_graph=True, create_graph=True)[0]
        return u_t - self.alpha * u_xx

    def loss(self):
        loss_u = torch.mean((self.u - self.net_u(self.x_u, self.t_u)) ** 2)
        loss_f = torch.mean(self.net_f(self.x_f, self.t_f) ** 2)
        return loss_u + loss_f

    def loss_func(self):
        self.optimizer.zero_grad()
        loss = self.loss()
        loss.backward()
        self.iter += 1
        if self.iter % 5 == 0:
            print("Iter %d, Loss: %.5e" % (self.iter, loss.item()))
        return loss

    def train(self, n_iter):
        self.dnn.train()
        for epoch in range(n_iter):
            loss = self.loss()
            self.adam.zero_grad()
            loss.backward()
            self.adam.step()
        self.optimizer.step(self.loss_func)

    def predict(self, X):
        x = torch.tensor(X[:, 0:1], requires_grad=True).float().to(DEVICE)
        t = torch.tensor(X[:, 1:2], requires_grad=True).float().to(DEVICE)
        self.dnn.eval()
        u = self.net_u(x, t)
        f = self.net_f(x, t)
        return u.detach().cpu().numpy(), f.detach().cpu().numpy()


if __name__ == "__main__":
    lb, ub = np.array([-1.0, 0.0]), np.array([1.0, 1.0])
    X_f = lb + (ub - lb) * np.random.rand(64, 2)
    X_u = X_f[np.random.choice(64, 16, replace=False)]
    u = np.sin(np.pi * X_u[:, 0:1]) * np.exp(-X_u[:, 1:2])
    model = PhysicsInformedNN(X_u, u, X_f, [2, 16, 16, 1], lb, ub)
    model.train(3)
    u_pred, f_pred = model.predict(X_f)
    print("Error u: %e" % np.linalg.norm(u_pred), np.abs(f_pred).mean())
