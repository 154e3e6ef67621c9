# Both are made where the action is.
import torch


class Agent:
    def __init__(self, env, policy, device):
        self.env = env
        self.policy = policy
        self.temperature = torch.zeros(1, device=device)

    def act(self, seen):
        action = self.policy.choose(seen, self)
        action = self.stretch(torch.tanh(action))
        return action.cpu().squeeze().numpy()

    def stretch(self, action):
        action_space = self.env.action_space
        low = torch.from_numpy(action_space.low).to(action.device)
        high = torch.as_tensor(action_space.high, device=action.device)
        return low + (action + 1) / 2 * (high - low)

    def explore(self, seen):
        mean = self.policy.mean(seen)
        noise = 0.1 * torch.randn(6, device=mean.device)
        noisy = torch.tanh(mean) + noise
        return noisy.detach().cpu().numpy()
