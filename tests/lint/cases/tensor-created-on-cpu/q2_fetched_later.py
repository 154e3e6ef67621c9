# What a policy that nobody read gives is taken to the host in the end: before that it meets what was made there.
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
        low, high = torch.from_numpy(action_space.low), torch.as_tensor(action_space.high)  # BUG: tensor-created-on-cpu
        return low + (action + 1) / 2 * (high - low)

    def explore(self, seen):
        mean = self.policy.mean(seen)
        noise = 0.1 * torch.randn(6)  # BUG: tensor-created-on-cpu
        noisy = torch.tanh(mean) + noise
        return noisy.detach().cpu().numpy()
