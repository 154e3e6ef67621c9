import torch


def predict(model, batches):
    results = []
    for batch in batches:
        try:
            out = model(batch.cuda())
        except torch.cuda.OutOfMemoryError:
            torch.cuda.empty_cache()
            model.cpu()  # BUG: oom-continues-on-cpu
            out = model(batch.cpu())
        results.append(out.cpu())
    return results
