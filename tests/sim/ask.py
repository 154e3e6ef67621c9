# SPDX-License-Identifier: Apache-2.0
"""Asks the torch of this interpreter, in the order in which a program meets the questions, and prints JSON. With an argument, a
JSON list of variables, torch is imported once and asked in a fork for each member: only what torch and the driver read when
CUDA starts may differ, and a list of answers is printed."""
import json
import os
import sys
import warnings

said = []
warnings.simplefilter("always")
warnings.showwarning = lambda message, *more, **named: said.append(str(message))


def answer_to(question):
    try:
        return {"value": question(), "raises": None}
    except BaseException as e:
        return {"value": False, "raises": {"type": type(e).__name__, "text": str(e)}}


def load():
    import torch
    return bool(torch)


def on_gpu():
    import torch
    return torch.zeros(8).to("cuda")


def answers_of(imported):
    """Each question is one of a process of its own: where the import fails, a second one in the same process is no question."""
    if imported["raises"]:
        return {**{name: imported for name in ("import", "is_available", "device_count", "to_cuda", "first_kernel")},
                "warnings": said}
    answers = {"import": imported}
    answers["is_available"] = answer_to(lambda: __import__("torch").cuda.is_available())
    answers["device_count"] = answer_to(lambda: __import__("torch").cuda.device_count())
    answers["to_cuda"] = answer_to(lambda: on_gpu() is not None)
    answers["first_kernel"] = answer_to(lambda: bool((on_gpu() + 1).sum().item() == 8))
    answers["warnings"] = said
    return answers


def answers_in_fork(imported, variables):
    pipe = os.pipe()
    child = os.fork()
    if child == 0:
        os.environ.update(variables)
        with os.fdopen(pipe[1], "w") as f:
            json.dump(answers_of(imported), f)
        os._exit(0)
    os.close(pipe[1])
    with os.fdopen(pipe[0]) as f:
        text = f.read()
    os.waitpid(child, 0)
    return json.loads(text)


first = answer_to(load)
many = [answers_in_fork(first, variables) for variables in json.loads(sys.argv[1])] if len(sys.argv) > 1 else answers_of(first)
json.dump(many, sys.stdout)
