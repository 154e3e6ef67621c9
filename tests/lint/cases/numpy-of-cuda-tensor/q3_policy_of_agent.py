import torch
from torch import Tensor, nn


class Agent:
    def __init__(self, policy: nn.Module, device: str = "cuda"):
        self.policy = policy.to(device)
        self.device = device

    def greedy(self, observation: Tensor):
        with torch.no_grad():
            values = self.policy(observation)
        return values.argmax(dim=-1).numpy()  # BUG: numpy-of-cuda-tensor

    def explore(self, observation):
        observation = torch.as_tensor(observation).to(self.device)
        logits = self.policy(observation)
        return logits.softmax(-1).cpu().numpy()
