"""Features of a picture: what the processor gives stays on the CPU."""
import torch
from PIL import Image
from transformers import CLIPModel, CLIPProcessor


class Pictures:
    def __init__(self, name="openai/clip-vit-base-patch32"):
        self.name = name
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.model = None
        self.processor = None

    def load(self):
        self.model = CLIPModel.from_pretrained(self.name)
        self.model.to(self.device)
        self.processor = CLIPProcessor.from_pretrained(self.name)

    @torch.no_grad()
    def features(self, path):
        if self.model is None:
            self.load()
        inputs = self.processor(images=Image.open(path), return_tensors="pt")
        return self.model.get_image_features(**inputs.to(self.device)).cpu().numpy()
