# SPDX-License-Identifier: Apache-2.0
"""Asks the torch of this interpreter, in the order in which a program meets the questions, and prints JSON. With the number of an
open socket as argument (world.py), torch is imported once and asked in a fork for each machine that comes over it: only what
torch and the driver read when CUDA starts may differ between them."""
import json
import os
import socket
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


def go_to(machine):
    """Its root, its user, its variables."""
    os.chdir(f"/proc/{machine['process']}/root")
    os.chroot(".")
    os.chdir(machine["cwd"])
    os.setgroups([machine["user"]])
    os.setresgid(*[machine["user"]] * 3)
    os.setresuid(*[machine["user"]] * 3)
    os.environ.clear()
    os.environ.update(machine["env"])


def answer_in_fork(imported, machine):
    pipe = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(pipe[1], "w") as f:
            go_to(machine)
            json.dump(answers_of(imported), f)
        os._exit(0)
    os.close(pipe[1])
    with os.fdopen(pipe[0]) as f:
        text = f.read()
    os.waitpid(child, 0)
    return text


def serve(fd):
    imported = answer_to(load)
    with socket.socket(fileno=fd) as s, s.makefile("rw") as f:
        for line in f:
            f.write(answer_in_fork(imported, json.loads(line)) + "\n")
            f.flush()


if len(sys.argv) > 1:
    serve(int(sys.argv[1]))
else:
    json.dump(answers_of(answer_to(load)), sys.stdout)
