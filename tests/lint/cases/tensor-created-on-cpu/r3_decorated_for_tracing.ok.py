import torch


@torch.jit.script_if_tracing
def fill_up(wave, step: int):
    missing = step - int(wave.shape[-1]) % step
    if missing < step:
        silence = torch.zeros(list(wave.shape[:-1]) + [missing], device=wave.device)
        return torch.cat([wave, silence], dim=-1)
    return wave
