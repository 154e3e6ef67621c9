import torch


def on_cpu(model, x):
    try:
        return model(x)
    except torch.cuda.OutOfMemoryError:
        return model.cpu()(x.cpu()).cuda()


def other_error(model, x):
    try:
        return model(x)
    except ValueError:
        return model(x.float())


def loop(step, size):
    while size > 0:
        try:
            return step(size)
        except RuntimeError as e:
            if "out of memory" not in str(e):
                raise
            torch.cuda.empty_cache()
            print("halving")
            size //= 2


def report(model, x):
    try:
        print("start")
        model(x)
    except torch.cuda.OutOfMemoryError:
        print("no room")
        torch.cuda.empty_cache()
        raise
