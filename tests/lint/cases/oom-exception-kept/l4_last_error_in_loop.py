import torch


def search(run):
    failure = None
    for batch in (512, 256, 128, 64):
        try:
            run(batch)
            break
        except torch.OutOfMemoryError as error:
            failure = error  # BUG: oom-exception-kept
    else:
        raise failure
    return batch
