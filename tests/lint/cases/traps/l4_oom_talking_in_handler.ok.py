import torch


def evaluate(model, batches, say):
    status = "fine"
    try:
        for batch in batches:
            say("next")
            model(batch)
        say("done")
    except torch.OutOfMemoryError as exc:
        say("out of memory")
        status = str(exc)
        torch.cuda.empty_cache()
    return status


def named_other(model, x, print_model_size):
    try:
        print_model_size(model)
        return model(x)
    except torch.cuda.OutOfMemoryError:
        print_model_size(model)
        model.zero_grad()
        model.eval()
        return None
