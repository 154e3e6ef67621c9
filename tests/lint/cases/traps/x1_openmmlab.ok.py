import numpy as np
import torch
from mmaction.models import build_model

from here import clip_of, config, names

recognizer = build_model(config.model)
recognizer.to("cuda")
recognizer.eval()
with torch.no_grad():
    scores = recognizer(return_loss=False, imgs=clip_of("skating.mp4").to("cuda"))
print(names[np.argmax(scores)], np.asarray(scores).max())
