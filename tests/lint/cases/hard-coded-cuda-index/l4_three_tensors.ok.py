import torch


def evaluate(states, rewards, entropies, device):
    states = states.to(device)
    rewards = rewards.to(device)
    entropies = entropies.to(device)
    return states, rewards, entropies
