import torch


def encode(model, texts):
    try:
        return model(texts)
    except RuntimeError as err:
        if "CUDA out of memory" not in str(err) or len(texts) == 1:
            raise
    torch.cuda.empty_cache()
    middle = len(texts) // 2
    return torch.cat([encode(model, texts[:middle]), encode(model, texts[middle:])])
