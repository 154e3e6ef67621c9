from typing import List

import torch


class Decoder:
    def best(self, given: tuple) -> List[int]:
        scores, lengths, step = given
        batch, steps = scores.size(0), scores.size(1)
        best = torch.zeros(batch, steps, 7)  # BUG: tensor-created-on-cpu
        for t in range(steps):
            if t == 0:
                best[:, t] = scores[:, t, :]
            else:
                best[:, t] = torch.max(scores[:, t] + best[:, t - 1], dim=-1)[0]
        return best.argmax(-1).tolist()
