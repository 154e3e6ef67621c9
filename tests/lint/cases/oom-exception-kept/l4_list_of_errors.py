import torch


def try_sizes(step, sizes):
    errors = []
    for size in sizes:
        try:
            return step(size)
        except torch.cuda.OutOfMemoryError as e:
            errors.append(e)  # BUG: oom-exception-kept
            torch.cuda.empty_cache()
    raise RuntimeError(f"all failed: {errors}")
