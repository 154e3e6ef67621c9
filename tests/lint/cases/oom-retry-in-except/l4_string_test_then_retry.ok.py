import torch


def generate(model, ids, beams=8):
    try:
        out = model.generate(ids, num_beams=beams)
    except RuntimeError as e:
        if "out of memory" in str(e):
            torch.cuda.empty_cache()
            e.__traceback__ = None
            out = model.generate(ids, num_beams=1)
        else:
            raise e
    return out
