#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What would this training script do on a machine with one GPU: raise, stay on the CPU without a word, or run as meant?

    .cache/torch-venv/bin/python tests/lint/oracle/oracle.py [--timeout S] [--jobs N] [--gpus N] PATH...

PATH is a .py file, a notebook, or a folder with main.py. Prints one JSON object per path:
  verdict   raises | cpu | fine | unknown
  line      where it raised: the innermost line of the script ("way": all of them, outermost first; "file" in a folder)
  kind      device (torch's complaint about devices) or other
  error     the message
  calls     calls of modules that own parameters, per device, while training ("train") and in all ("all")
  untrained Parameters that got gradients and are in no optimizer
The verdict is torch's: gpu_world.py says how. Each script runs in a process of its own, bounded in time and memory, in an empty
folder, with its own default arguments. Libraries above torch (torchvision, transformers, accelerate, ...) are played by stubs/.
Needs a Python with torch (CPU is enough); without one it says so and exits with 77.
"""
import argparse
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import types

HERE = os.path.dirname(os.path.realpath(__file__))
sys.dont_write_bytecode = True
MEMORY = 6 << 30
MESSAGES = ("on the same device", "should be on cpu", "must be on cpu", "indices should be", "cuda", "CUDA", "device type",
            "has no attribute 'to'", "has no attribute 'cuda'", "non-leaf")


def notebook_source(path):
    """The cells in order; magics become pass."""
    with open(path, encoding="utf-8") as f:
        cells = json.load(f)["cells"]
    out = []
    for cell in cells:
        if cell["cell_type"] == "code":
            lines = "".join(cell["source"]).splitlines()
            out += ["pass" if line.lstrip().startswith(("%", "!")) else line for line in lines]
    return "\n".join(out) + "\n"


def open_script(path, work):
    """(name of the file that is run, its source, the folder whose frames are the script's)"""
    if os.path.isdir(path):
        shutil.copytree(path, work, dirs_exist_ok=True)
        main = os.path.join(work, "main.py")
        sys.path.insert(0, work)
        with open(main, encoding="utf-8") as f:
            return main, f.read(), work
    if path.endswith(".ipynb"):
        return path, notebook_source(path), path
    with open(path, encoding="utf-8") as f:
        return path, f.read(), path


def frames_of(error, inside):
    out = []
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = frame.f_code.co_filename
        if name == inside or name.startswith(inside + os.sep):
            out.append((os.path.relpath(name, inside) if name != inside else os.path.basename(name), line))
    return out


def kind_of(error, device_errors):
    if isinstance(error, device_errors):
        return "device"
    return "device" if any(m in str(error) for m in MESSAGES) else "other"


def judge(world, untrained):
    calls = world.calls
    train = {d: calls[d, True] for d in ("cpu", "cuda")}
    every = {d: calls[d, True] + calls[d, False] for d in ("cpu", "cuda")}
    heavy = {d: world.heavy[d] for d in ("cpu", "cuda")}
    for counts in (train, every, heavy):
        if sum(counts.values()):
            verdict = "fine" if counts["cuda"] else "cpu"
            break
    else:
        # Nothing that counts as work: at least it went to the GPU.
        verdict = "fine" if world.started else "unknown"
    return {"verdict": verdict, "calls": {"train": train, "all": every, "heavy": heavy}, "untrained": untrained()}


def run_script(path, gpus, work):
    import torch

    import gpu_world
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rule = gpu_world.begin(gpus)
    path = os.path.realpath(path)
    sys.path.append(os.path.join(HERE, "stubs"))
    name, source, inside = open_script(path, work)
    os.chdir(work)
    sys.argv = [name]
    module = types.ModuleType("__main__")
    module.__file__ = name
    sys.modules["__main__"] = module
    import warnings
    warnings.simplefilter("ignore")
    try:
        code = compile(source, name, "exec")
        with rule:
            exec(code, module.__dict__)
    except SystemExit as end:
        if end.code not in (None, 0):
            return {"verdict": "unknown", "error": f"exit {end.code}"}
    except SyntaxError as error:
        return {"verdict": "unknown", "error": str(error), "line": error.lineno}
    except gpu_world.Unplayed as error:
        return {"verdict": "unknown", "error": str(error)}
    except BaseException as error:
        way = frames_of(error, inside)
        kind = kind_of(error, (gpu_world.DeviceError, gpu_world.NumpyError))
        out = {"verdict": "raises", "kind": kind, "type": type(error).__name__, "error": str(error)[:300],
               "way": [line for _, line in way]}
        if way:
            out["file"], out["line"] = way[-1]
        if isinstance(error, (ImportError, MemoryError)) and kind == "other":
            out["verdict"] = "unknown"
        return out
    return judge(gpu_world.world, gpu_world.untrained)


def child(path, args, out):
    work = tempfile.mkdtemp(prefix="oracle-")
    try:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        saved = os.dup(2)
        for fd in (0, 1) if args.noisy else (0, 1, 2):
            os.dup2(null, fd)
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (args.timeout, args.timeout))
        verdict = run_script(path, args.gpus, work)
    except BaseException as error:
        verdict = {"verdict": "unknown", "error": f"the oracle itself: {error!r}"}
        os.write(saved, traceback.format_exc().encode())
    finally:
        os.chdir("/")
        shutil.rmtree(work, ignore_errors=True)
    os.write(out, json.dumps(verdict).encode())
    os._exit(0)


def start(path, args):
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        child(path, args, theirs)
    os.close(theirs)
    return {"path": path, "pid": pid, "pipe": ours, "end": time.monotonic() + args.timeout + 5}


def finish(job):
    """The verdict if the job has ended, else None."""
    pid, status = os.waitpid(job["pid"], os.WNOHANG)
    late = time.monotonic() > job["end"]
    if pid == 0 and not late:
        return None
    if pid == 0:
        os.kill(job["pid"], signal.SIGKILL)
        os.waitpid(job["pid"], 0)
    with os.fdopen(job["pipe"], "rb") as f:
        text = f.read() if pid else b""
    if not text:
        return {"verdict": "unknown", "error": "out of time" if late or os.WIFSIGNALED(status) else "died"}
    return json.loads(text)


def run_all(paths, args):
    """Yields (path, verdict) in the order given."""
    waiting, running, done = list(enumerate(paths)), {}, {}
    said = 0
    while waiting or running:
        while waiting and len(running) < args.jobs:
            i, path = waiting.pop(0)
            running[i] = start(path, args)
        for i, job in list(running.items()):
            verdict = finish(job)
            if verdict is not None:
                done[i] = verdict
                del running[i]
        while said in done:
            yield paths[said], done.pop(said)
            said += 1
        time.sleep(0.005)


def settings(**over):
    return argparse.Namespace(**{"timeout": 60, "jobs": 2, "gpus": 1, "noisy": False, **over})


def need_torch():
    try:
        import numpy  # noqa: F401
        import torch  # noqa: F401
        import torch.utils._device  # noqa: F401
        import torch._dynamo  # noqa: F401  (an optimizer would import it, once per script)
    except ImportError as error:
        print(f"SKIP: no torch for the oracle ({error}); see tests/lint/oracle/README.md", file=sys.stderr)
        sys.exit(77)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", metavar="PATH")
    parser.add_argument("--timeout", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--gpus", type=int, default=1)
    parser.add_argument("--noisy", action="store_true", help="let the script write to stderr")
    args = parser.parse_args()
    sys.path.insert(0, HERE)
    need_torch()
    for path, verdict in run_all(args.paths, args):
        print(json.dumps({"path": path, **verdict}), flush=True)


if __name__ == "__main__":
    main()
