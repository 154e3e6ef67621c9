# SPDX-License-Identifier: Apache-2.0
"""Asks the torch of this interpreter, in the order in which a program meets the questions, and prints JSON."""
import json
import sys
import warnings

said, answers = [], {}
warnings.simplefilter("always")
warnings.showwarning = lambda message, *more, **named: said.append(str(message))


def ask(name, question):
    try:
        answers[name] = {"value": question(), "raises": None}
    except BaseException as e:
        answers[name] = {"value": False, "raises": {"type": type(e).__name__, "text": str(e)}}


def load():
    import torch
    return bool(torch)


def on_gpu():
    import torch
    return torch.zeros(8).to("cuda")


ask("import", load)
ask("is_available", lambda: __import__("torch").cuda.is_available())
ask("device_count", lambda: __import__("torch").cuda.device_count())
ask("to_cuda", lambda: on_gpu() is not None)
ask("first_kernel", lambda: bool((on_gpu() + 1).sum().item() == 8))
answers["warnings"] = said
json.dump(answers, sys.stdout)
