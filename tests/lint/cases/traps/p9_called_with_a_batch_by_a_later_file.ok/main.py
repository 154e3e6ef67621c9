from train import Trainer

print(Trainer)
