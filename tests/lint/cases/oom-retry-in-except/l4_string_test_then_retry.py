import torch


def generate(model, ids, beams=8):
    try:
        out = model.generate(ids, num_beams=beams)
    except RuntimeError as e:
        if "out of memory" in str(e):
            torch.cuda.empty_cache()
            out = model.generate(ids, num_beams=1)  # BUG: oom-retry-in-except
        else:
            raise e
    return out
