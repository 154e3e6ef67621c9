from lib.config import Config
from lib.trainer import Trainer
from lib.data import loaders
from lib.nets import Autoencoder


def run():
    config = Config()
    train, valid = loaders(config)
    net = Autoencoder(config.inputs, config.hidden)
    trainer = Trainer(net, config)
    for epoch in range(config.epochs):
        trainer.train(train)
        print(epoch, trainer.validate(valid))
    trainer.export("net.pt")


if __name__ == "__main__":
    run()
