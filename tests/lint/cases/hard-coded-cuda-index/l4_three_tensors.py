import torch


def evaluate(states, rewards, entropies):
    states = states.to("cuda:1")  # BUG: hard-coded-cuda-index
    rewards = rewards.cuda(1)  # BUG: hard-coded-cuda-index
    entropies = entropies.to(torch.device("cuda", 1))  # BUG: hard-coded-cuda-index
    return states, rewards, entropies
