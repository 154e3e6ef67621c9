#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Machines that nobody thought of: several things broken at once, at random. The real torch judges, as in oracle.py.

    random_states.py PROGRAM [--minutes N] [--seed S] [--torch NAME]... [--out DIR] [--only JSON]     (root, for namespaces)

A state is a list of breaks (BREAKS), each a list of words. `check` may say that it does not know; what it does say must be
torch's answer, `uses-gpu` is never right here (no healthy CUDA can be simulated), and the diagnosis must be one that a break
of the list can cause. A disagreement is shrunk: breaks are taken away while it stays. With --out, the recording of the
shrunk state and what torch said lie in DIR/NAME. --only repeats one list of breaks. Prints TAP.
"""
import argparse
import collections
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
import machine  # noqa: E402
import oracle  # noqa: E402
import world  # noqa: E402
from breaks import STUBS, WORK, machine_of, put  # noqa: E402

SLOW_S = 15  # a check has 10 seconds for its looks, and a probe
Answer = collections.namedtuple("Answer", "torch check files snapshot replay")

# ---- what can be broken: (kind, values, causes that may be named for it)
HARDWARE = {"no-gpu-present", "container-missing-gpu", "cloud-runtime-without-gpu"}
MODULE = {"kernel-module-not-loaded", "nouveau-bound", "no-nvidia-driver", "driver-half-upgraded", "device-node-missing"}
NODES = {"device-node-missing", "device-node-permission", "container-missing-uvm-device", "container-missing-gpu"}
DRIVER = {"no-nvidia-driver", "libcuda-missing-or-stub", "driver-library-version-mismatch", "driver-half-upgraded",
          "driver-too-old-for-torch-cuda", "gpu-unsupported-by-driver"}
VISIBLE = {"cuda-visible-devices-empty", "cuda-visible-devices-invalid-index", "cuda-visible-devices-malformed"}
LIBRARIES = {"torch-install-broken", "missing-nvidia-pip-package", "nvidia-libs-not-on-loader-path", "torch-library-load-failed",
             "cudnn-mismatch-ld-library-path", "libcuda-missing-or-stub"}
SHADOW = {"multiple-torch-installs-shadowing", "torch-not-installed", "torch-install-broken", "wrong-python-env"}
CAUSES = {"gpus": HARDWARE | MODULE, "bus": MODULE, "module": MODULE | DRIVER | NODES, "libcuda": DRIVER, "nvml": DRIVER,
          "node": NODES, "visible": VISIBLE, "ldpath": LIBRARIES | DRIVER, "cwd": SHADOW, "pythonpath": SHADOW | LIBRARIES,
          "site": LIBRARIES | SHADOW, "env": set(), "user": NODES, "group": NODES, "pth": SHADOW}

VERSIONS = ("570.124.06", "570.133.20", "535.183.01", "525.147.05", "450.248.02", "390.157", "580.95.05")
WORDS = ("0", "1", "2", "-1", "", " ", "+0", "00", "01", "0x1", "GPU-aaaa1111", "GPU-", "gpu-aaaa1111", "GPU-bbbb", "MIG-0", "all",
         "none", "NoDevFiles", "9999999999999999999999", "1.0", "\N{SUPERSCRIPT TWO}", "\N{ARABIC-INDIC DIGIT ONE}", "0 1", "0;1",
         "'0'", "cuda:0", "GPU-aaaa1111-0000-4000-8000-000000000000", "MIG-GPU-aaaa1111/0/0", "\t0", "0\u00a0", "-0", "--1")
TORCHES = ("empty.py", "code.py", "cuda.py", "namespace", "init", "init-code", "lib-only", "extension", "loop", "refused", "pyc",
           "version-only", "dangling", "file", "dist-info", "stub-typing", "stub-numpy")
SITE = ("torch/lib/libtorch_cuda.so", "torch/lib/libc10_cuda.so", "torch/lib/libtorch_global_deps.so", "torch/lib/libtorch_cpu.so",
        "torch/version.py", "torch/_C", "torch/lib", "torch/lib/libcaffe2_nvrtc.so", "torch/lib/libtorch_cuda_linalg.so",
        "torch/__init__.py", "torch/lib/libshm.so", "torch/lib/libtorch_nvshmem.so", "torch/cuda/__init__.py", "nvidia",
        "nvidia/cublas/lib/libcublas.so.12", "nvidia/cublas/lib/libcublasLt.so.12", "nvidia/cublas/lib", "nvidia/cudnn",
        "nvidia/cudnn/lib/libcudnn.so.9", "nvidia/cudnn/lib/libcudnn_ops.so.9", "nvidia/cudnn/lib/libcudnn.so.8",
        "nvidia/cuda_nvrtc/lib", "nvidia/cuda_runtime/lib/libcudart.so.12", "nvidia/nvjitlink/lib/libnvJitLink.so.12",
        "nvidia/nccl/lib/libnccl.so.2", "nvidia/cusparselt", "cusparselt", "nvidia/cufft/lib", "nvidia/nvshmem",
        "nvidia/cu13/lib/libcublas.so.13", "nvidia/cu13", "nvidia/cu13/lib/libnvJitLink.so.13", "nvidia/cufile", "nvidia/nvtx/lib",
        "nvidia/cublas/lib/libcublas.so.11", "nvidia/cuda_nvrtc/lib/libnvrtc.so.11.2", "nvidia/__init__.py", "triton", "*.dist-info",
        "typing_extensions.py", "sympy", "filelock", "networkx", "jinja2", "mpmath", "fsspec", "nvidia/cuda_cupti/lib")
ENV = {"PYTORCH_NVML_BASED_CUDA_CHECK": ("1", "0", "", "true", " 1", "11"), "CUDA_DEVICE_ORDER": ("PCI_BUS_ID", "x"),
       "NVIDIA_VISIBLE_DEVICES": ("none", "void", "all", ""), "PYTORCH_CUDA_ALLOC_CONF": ("x", "max_split_size_mb:1", "backend:foo", ""),
       "PYTORCH_ALLOC_CONF": ("x", "expandable_segments:True"), "CUDA_MODULE_LOADING": ("LAZY", "x"), "CUDA_LAUNCH_BLOCKING": ("1",),
       "PYTHONSAFEPATH": ("1", ""), "PYTHONNOUSERSITE": ("1",), "PYTHONUSERBASE": ("/home/w/base", ""), "PYTHONOPTIMIZE": ("2",),
       "PYTHONWARNINGS": ("error", "ignore"), "TORCH_LOGS": ("+dynamo", "garbage"), "TORCH_USE_RTLD_GLOBAL": ("1",), "PYTORCH_JIT": ("0",),
       "TORCH_DEVICE_BACKEND_AUTOLOAD": ("0",), "LD_BIND_NOW": ("1",), "CUDA_HOME": ("/nonexistent",), "LD_PRELOAD": ("/nonexistent.so",),
       "CUDA_CACHE_DISABLE": ("1",), "TORCH_CUDA_ARCH_LIST": ("x",), "HIP_VISIBLE_DEVICES": ("0",), "OMP_NUM_THREADS": ("x",),
       "CUDA_DISABLE_PTX_JIT": ("1",), "CUDA_FORCE_PTX_JIT": ("1",), "PYTHONHOME": ("", "/nonexistent"), "LC_ALL": ("C", "tr_TR.UTF-8"),
       "PYTHONDONTWRITEBYTECODE": ("",), "TORCH_SHOW_CPP_STACKTRACES": ("1",), "TMPDIR": ("/nonexistent",), "HOME": ("/nonexistent", ""),
       "PYTHONPLATLIBDIR": ("lib64", "lib"), "PYTHONCASEOK": ("1",), "PYTHONUTF8": ("0",), "CUDA_MPS_PIPE_DIRECTORY": ("/nonexistent",)}
LDPATH = ("", ".", "/nonexistent", "stubs", STUBS, WORK + "/named-libcuda", WORK + "/empty", WORK + "/foreign", WORK + "/text",
          WORK + "/wrong-cublas", WORK + "/refused", "$ORIGIN", "/usr/lib/x86_64-linux-gnu", WORK + "/wrong-cudnn")


def some(r, values, most):
    return [r.choice(values) for _ in range(r.randint(1, most))]


def visible(r):
    return r.choice((",", ",", ",", ", ", ";")).join(some(r, WORDS, 4))


def damage(r, name):
    """What a Python source says is not read: only whether it is there."""
    return [name, r.choice(("gone", "refused", "dangling") if name.endswith(".py") else
                           ("gone", "gone", "empty", "text", "refused", "dangling"))]


MAKE = {
    "gpus": lambda r: [r.choice((0, 2))], "bus": lambda r: [r.choice((None, "nouveau", "vfio-pci"))],
    "module": lambda r: [r.choice((None, None, *VERSIONS))], "libcuda": lambda r: [r.choice((None, "empty", "foreign", "stub", *VERSIONS))],
    "nvml": lambda r: [r.choice((None, "empty", "foreign", *VERSIONS))],
    "node": lambda r: [r.choice(("nvidiactl", "nvidia-uvm", "nvidia0")), r.choice((None, "0660", "0600", "0000", "0606", "0444"))],
    "visible": lambda r: [visible(r)], "ldpath": lambda r: [some(r, LDPATH, 3)], "cwd": lambda r: [r.choice(TORCHES)],
    "pythonpath": lambda r: [some(r, (*TORCHES, "/nonexistent", "", "rel", "other", "zip"), 3)],
    "site": lambda r: damage(r, r.choice(SITE)),
    "env": lambda r: (lambda name: [name, r.choice(ENV[name])])(r.choice(sorted(ENV))), "user": lambda r: [r.choice((0, 1001))],
    "group": lambda r: [r.choice(("nvidiactl", "nvidia-uvm", "nvidia0"))],
    "pth": lambda r: [r.choice(("/home/w/p-init-code", "p", "import os", "# nothing", "\ufeff/home/w/p-init", "/home/w/p-empty.py"))],
}
LIKELY = ("site", "site", "site", "visible", "ldpath", "pythonpath", "cwd", "env", "env", "node", "libcuda", "nvml", "module", "bus", "gpus",
          "user", "group", "pth")


def random_breaks(r):
    kinds = some(r, LIKELY, 5)
    return [[kind, *MAKE[kind](r)] for kind in kinds]


def is_usable(m):
    """Can torch be asked here? A driver that would start cannot be simulated, nor one whose code was not measured."""
    kinds = ("empty", "foreign")
    return machine.is_simulable(m) and (m["nvml"] not in kinds) and machine.codes_of(m)["cuinit"] is not None


# ---- one state, asked

def commands(program, python):
    with open(os.path.join(HERE, "ask.py"), encoding="utf-8") as f:
        ask = f.read()
    target, cwd = ["--python", python], WORK + "/cwd"
    return [["torch", [python, "-c", ask], {}, cwd],
            ["check", [program, "check", "--json", *target], {}, cwd],
            ["files", [program, "check", "--json", "--probe", "none", *target], {}, cwd],
            ["snapshot", [program, "snapshot", "-o", "/home/sim/snap", *target], {}, cwd],
            ["replay", [program, "check", "--json", "--root", "/home/sim/snap", *target], {}, cwd],
            ["tar", ["tar", "-c", "-C", "/home/sim", "snap"], {}, "/"]]


def ask_state(program, fakes, version, breaks, keep=None):
    python = oracle.python_of(version)
    other = oracle.site_of("debian" if version != "debian" else "2.6.0")
    said = world.play(machine_of(breaks), fakes, commands(program, python), oracle.site_of(version), other)
    answer = Answer(*(oracle.parsed(said[name]) for name in Answer._fields))
    slow = any(said[name].seconds > SLOW_S for name in ("check", "files", "replay"))
    if keep:
        keep_case(keep, said["tar"].out, version, breaks, answer)
    return answer, slow


def keep_case(where, tar, version, breaks, answer):
    shutil.rmtree(where, ignore_errors=True)
    os.makedirs(where)
    if answer.snapshot[2] == 0:
        subprocess.run(["tar", "-x", "-C", where, "--strip-components=1"], input=tar, check=True)
    put(where + "/case.txt", f"Found by tests/sim/random_states.py with torch {version}: {json.dumps(breaks)}\n")
    put(where + "/torch.json", json.dumps(answer.torch[0], indent=1, ensure_ascii=False) + "\n" + answer.torch[1][-2000:])
    put(where + "/check.json", json.dumps(answer.check[0], indent=1, ensure_ascii=False) + "\n" + answer.check[1][-2000:])


# ---- the judgement

def contradicts(told, fact, imported):
    """An open answer contradicts nothing; a text may stop early, where the rest is not predicted. Where the import failed,
    what a second one in the same process says is another question."""
    if told["value"] is None:
        return False
    if type(told["value"]) is not type(fact["value"]) or told["value"] != fact["value"]:
        return True
    if told["raises"] is None or not imported:
        return False
    real = fact["raises"] or {"type": "", "text": ""}
    return told["raises"]["type"] != real["type"] or not real["text"].startswith(told["raises"]["text"])


def problems_of(version, breaks, answer, slow):
    real, problems = answer.torch[0], ["a check took too long"] if slow else []
    causes = ({"cpu-only-torch-build"} if version == "debian" else set()) | set().union(*(CAUSES[b[0]] for b in breaks)) | {"undetermined"}
    for view in ("check", "files", "replay"):
        report, error, status = getattr(answer, view)
        if report is None or status not in (0, 1, 3) or "Sanitizer" in error:
            problems.append(f"{view}: status {status}: {error[-300:]}")
            continue
        if real:
            problems += [f"{view}: {q}: predicted {json.dumps(report['prediction'][q])}, torch says {json.dumps(real[q])[:300]}"
                         for q in oracle.QUESTIONS
                         if contradicts(report["prediction"][q], real[q], q == "import" or real["import"]["value"])]
            said = oracle.warnings_of(real)
            problems += [f"{view}: predicted the warning {w!r}, torch says {said}" for w in report["prediction"]["warnings"]
                         if not any(s.startswith(w) for s in said)]
        if report["answer"] == "uses-gpu" and (view != "files" or machine_shows(breaks)):
            problems.append(f"{view}: uses-gpu")
        if report["diagnosis"] not in causes and report["answer"] != "uses-gpu":
            problems.append(f"{view}: diagnosis {report['diagnosis']} is none of what was broken")
    if answer.check[0] and answer.replay[0] and not is_hidden(breaks):
        problems += [f"the recording differs in {key}: {json.dumps(answer.check[0][key])} / {json.dumps(answer.replay[0][key])}"
                     for key in ("answer", "diagnosis", "prediction") if answer.check[0][key] != answer.replay[0][key]]
    return problems


def is_hidden(breaks):
    """A value of another shape than the documented one is not recorded, so that no secret is: a recording then knows less."""
    return any(b[0] in ("env", "visible") for b in breaks)


def machine_shows(breaks):
    """Every cause of this list can be seen in files: none is only a code of the driver's."""
    return not any(b[0] == "nvml" for b in breaks)


def kind_of(problem):
    """What must stay the same while a list is shrunk: view and question, not the words."""
    return ":".join(problem.split(":")[:2])[:60]


def shrink(ask, breaks, problems):
    kinds, i = {kind_of(p) for p in problems}, 0
    while i < len(breaks) and len(breaks) > 1:
        fewer = breaks[:i] + breaks[i + 1:]
        found = ask(fewer) if is_usable(machine_of(fewer)) else []
        if kinds & {kind_of(p) for p in found}:
            breaks, problems = fewer, found
        else:
            i += 1
    return breaks, problems


def usable_breaks(r):
    while True:
        breaks = random_breaks(r)
        if is_usable(machine_of(breaks)):
            return breaks


def unknowns(answer):
    report = answer.check[0]
    return sum(report["prediction"][q]["value"] is None for q in oracle.QUESTIONS) if report else 0


def report_one(tap, program, fakes, version, breaks, options):
    def ask(these):
        return problems_of(version, these, *ask_state(program, fakes, version, these))

    answer, slow = ask_state(program, fakes, version, breaks)
    problems = problems_of(version, breaks, answer, slow)
    if problems and not options.only:
        breaks, problems = shrink(ask, breaks, problems)
    if problems and options.out:
        name = f"random-{version}-{tap.n + 1}"
        ask_state(program, fakes, version, breaks, os.path.join(options.out, name))
    tap.result(f"{version} {json.dumps(breaks, ensure_ascii=True)}", problems)
    if not problems:
        open_ones = unknowns(answer)
        said = answer.check[0]
        print(f"# {said['answer']} {said['diagnosis']}" + (f", {open_ones} answers open" if open_ones else ""), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--torch", action="append")
    parser.add_argument("--out")
    parser.add_argument("--only", type=json.loads)
    options = parser.parse_args()
    if world.refusal():
        print(f"1..0 # SKIP {world.refusal()}")
        return 0
    program, tap = os.path.abspath(options.program), oracle.Tap()
    versions = [v for v in options.torch or (*oracle.VERSIONS, "debian") if oracle.has_torch(v)]
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 31)
    r, end = random.Random(seed), time.monotonic() + 60 * options.minutes
    print(f"# --seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="whycpu-fakes-") as fakes:
        world.build_fakes(fakes)
        for version in versions if options.only else []:
            report_one(tap, program, fakes, version, options.only, options)
        while versions and not options.only and time.monotonic() < end:
            report_one(tap, program, fakes, r.choice(versions), usable_breaks(r), options)
    print(f"1..{tap.n}" + ("" if versions else " # SKIP no torch to ask; `make real-torch` fetches some"))
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
