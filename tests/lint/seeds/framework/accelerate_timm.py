import argparse

import torch
from accelerate import Accelerator
from timm import create_model
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import Compose, Normalize, ToTensor


class PetsDataset(Dataset):
    def __init__(self, n, transform=None):
        self.n, self.transform = n, transform

    def __len__(self):
        return self.n

    def __getitem__(self, idx):
        image = torch.rand(3, 16, 16)
        if self.transform is not None:
            image = self.transform(image)
        return {"image": image, "label": idx % 5}


def training_function(config, args):
    accelerator = Accelerator(mixed_precision=args.mixed_precision)
    tfm = Compose([ToTensor(), Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))])
    train_dataloader = DataLoader(PetsDataset(16, tfm), shuffle=True, batch_size=config["batch_size"], num_workers=4)
    eval_dataloader = DataLoader(PetsDataset(8, tfm), shuffle=False, batch_size=config["batch_size"], num_workers=4)
    model = create_model("resnet50d", pretrained=True, num_classes=5)
    model = model.to(accelerator.device)

    for param in model.parameters():
        param.requires_grad = True
    mean = torch.tensor([0.5, 0.5, 0.5])[None, :, None, None].to(accelerator.device)
    std = torch.tensor([0.2, 0.2, 0.2])[None, :, None, None].to(accelerator.device)

    optimizer = torch.optim.Adam(params=model.parameters(), lr=config["lr"] / 25)
    lr_scheduler = OneCycleLR(optimizer=optimizer, max_lr=config["lr"], epochs=config["num_epochs"],
                              steps_per_epoch=len(train_dataloader))
    model, optimizer, train_dataloader, eval_dataloader, lr_scheduler = accelerator.prepare(
        model, optimizer, train_dataloader, eval_dataloader, lr_scheduler
    )

    for epoch in range(config["num_epochs"]):
        model.train()
        for step, batch in enumerate(train_dataloader):
            batch = {k: v.to(accelerator.device) for k, v in batch.items()}
            inputs = (batch["image"] - mean) / std
            outputs = model(inputs)
            loss = torch.nn.functional.cross_entropy(outputs, batch["label"])
            accelerator.backward(loss)
            optimizer.step()
            lr_scheduler.step()
            optimizer.zero_grad()
        model.eval()
        accurate = 0
        num_elems = 0
        for step, batch in enumerate(eval_dataloader):
            inputs = (batch["image"] - mean) / std
            with torch.no_grad():
                outputs = model(inputs)
            predictions = outputs.argmax(dim=-1)
            predictions, references = accelerator.gather_for_metrics((predictions, batch["label"]))
            accurate_preds = predictions == references
            num_elems += accurate_preds.shape[0]
            accurate += accurate_preds.long().sum()
        accelerator.print(f"epoch {epoch}: {100 * accurate.item() / num_elems:.2f}")


def main():
    parser = argparse.ArgumentParser(description="Simple example of training script.")
    parser.add_argument("--mixed_precision", type=str, default=None, choices=["no", "fp16", "bf16"])
    args = parser.parse_args()
    training_function({"lr": 3e-2, "num_epochs": 1, "batch_size": 4}, args)


if __name__ == "__main__":
    main()
