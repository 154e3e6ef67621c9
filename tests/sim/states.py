# SPDX-License-Identifier: Apache-2.0
"""The machines on which the real torch is asked. Name: what differs from a sound machine (machine.py). A state that cuInit
would survive cannot be simulated (no healthy CUDA), so every state here ends in an error, or never gets as far as cuInit."""
from breaks import STUBS, WORK, machine_of
from machine import machine

H100 = {"addr": "0000:1b:00.0", "device": "0x2330", "driver": "nvidia", "name": "NVIDIA H100 80GB HBM3", "cc": "9.0"}
GTX = {"addr": "0000:01:00.0", "device": "0x1b06", "driver": "nvidia", "name": "NVIDIA GeForce GTX 1080 Ti", "cc": "6.1"}


def second(gpu, addr):
    return {**gpu, "addr": addr}


def held_by(driver):
    return [{**machine()["gpus"][0], "driver": driver}]


TWO = [machine()["gpus"][0], second(machine()["gpus"][0], "0000:02:00.0")]
NODES2 = {"nvidiactl": "0666", "nvidia-uvm": "0666", "nvidia0": "0666", "nvidia1": "0666"}
NO_MODULE = {"module": None, "nodes": {}}
NO_UVM = {"nodes": {"nvidiactl": "0666", "nvidia0": "0666"}}
BLIND = {**NO_UVM, "gpus": TWO, "nodes": {"nvidiactl": "0666", "nvidia0": "0666", "nvidia1": "0666"}}

STATES = {
    # ---- nothing to start
    "no-driver": machine(module=None, libcuda=None, nvml=None, nodes={}),
    "no-driver-no-gpu": machine(module=None, libcuda=None, nvml=None, nodes={}, gpus=[]),
    "driver-files-no-gpu": machine(**NO_MODULE, gpus=[]),
    "module-not-loaded": machine(**NO_MODULE, gpus=held_by(None)),
    "nouveau": machine(**NO_MODULE, gpus=held_by("nouveau")),
    "nouveau-no-driver": machine(module=None, libcuda=None, nvml=None, nodes={}, gpus=held_by("nouveau")),
    "vfio": machine(**NO_MODULE, gpus=held_by("vfio-pci")),
    # ---- libraries
    "no-libcuda": machine(libcuda=None),
    "no-libcuda-no-nvml": machine(libcuda=None, nvml=None),
    "libcuda-empty": machine(libcuda="empty"),
    "libcuda-foreign": machine(libcuda="foreign"),
    "libcuda-stub": machine(libcuda="stub", codes={"cuinit": 34}),
    "no-nvml": machine(nvml=None, **NO_UVM),
    # ---- versions
    "library-older": machine(module="570.133.20"),
    "library-older-branch": machine(module="575.57.08", nvml="570.124.06"),
    "library-newer": machine(module="530.41.03", libcuda="535.183.01", nvml="535.183.01"),
    "library-newer-no-uvm": machine(module="525.147.05", libcuda="535.183.01", nvml="535.183.01", **NO_UVM),
    "nvml-only-newer": machine(nvml="570.133.20", **NO_UVM),
    "driver-390": machine(module="390.157", libcuda="390.157", nvml="390.157", gpus=[GTX], codes={"cuinit": 100}),
    "driver-418": machine(module="418.226.00", libcuda="418.226.00", nvml="418.226.00", gpus=[GTX], codes={"cuinit": 100}),
    "driver-450-no-uvm": machine(module="450.248.02", libcuda="450.248.02", nvml="450.248.02", gpus=[GTX], **NO_UVM),
    "driver-470-no-uvm": machine(module="470.256.02", libcuda="470.256.02", nvml="470.256.02", gpus=[GTX], **NO_UVM),
    "driver-525-no-uvm": machine(module="525.147.05", libcuda="525.147.05", nvml="525.147.05", **NO_UVM),
    "driver-535-no-uvm": machine(module="535.183.01", libcuda="535.183.01", nvml="535.183.01", **NO_UVM),
    "driver-550-no-uvm": machine(module="550.54.15", libcuda="550.54.15", nvml="550.54.15", **NO_UVM),
    "driver-580-no-uvm": machine(module="580.95.05", libcuda="580.95.05", nvml="580.95.05", **NO_UVM),
    "driver-590-no-uvm": machine(module="590.44.01", libcuda="590.44.01", nvml="590.44.01", **NO_UVM),
    # ---- nodes
    "no-control-node": machine(nodes={"nvidia-uvm": "0666", "nvidia0": "0666"}),
    "no-uvm-node": machine(**NO_UVM),
    "no-gpu-node": machine(nodes={"nvidiactl": "0666", "nvidia-uvm": "0666"}),
    "control-node-refused": machine(nodes={"nvidiactl": "0660", "nvidia-uvm": "0666", "nvidia0": "0660"}),
    "uvm-node-refused": machine(nodes={"nvidiactl": "0666", "nvidia-uvm": "0600", "nvidia0": "0666"}),
    "gpu-node-refused": machine(nodes={"nvidiactl": "0666", "nvidia-uvm": "0666", "nvidia0": "0660"}),
    "all-nodes-refused": machine(nodes={"nvidiactl": "0660", "nvidia-uvm": "0660", "nvidia0": "0660"}),
    # ---- CUDA_VISIBLE_DEVICES, on two GPUs that CUDA cannot start (999): torch's own grammar shows in device_count
    **{f"visible-{name}": machine(**{**BLIND, "env": {"CUDA_VISIBLE_DEVICES": value}}) for name, value in (
        ("empty", ""), ("minus-1", "-1"), ("0", "0"), ("1-0", "1,0"), ("0-0", "0,0"), ("2", "2"), ("0-9-1", "0,9,1"),
        ("blank", " 0 , 1 "), ("semicolon", "0;1"), ("word", "all"), ("minus", "-"), ("hex", "0x1"), ("none", "none"),
        ("uuid", "GPU-aaaa1111"), ("uuid-both", "GPU-aaaa"), ("uuid-none", "GPU-bbbb"), ("uuid-case", "gpu-aaaa1111"),
        ("uuid-list", "GPU-aaaa1111,GPU-aaaa2222"), ("uuid-blank", "GPU-aaaa1111, GPU-aaaa2222"), ("mig", "MIG-1234"),
        ("nodevfiles", "NoDevFiles"), ("superscript", "\N{SUPERSCRIPT TWO}"))},
    "visible-unset": machine(**BLIND),
    # ---- NVML decides
    "nvml-check": machine(**{**NO_UVM, "env": {"PYTORCH_NVML_BASED_CUDA_CHECK": "1"}}),
    "nvml-check-true": machine(**{**NO_UVM, "env": {"PYTORCH_NVML_BASED_CUDA_CHECK": "true"}}),
    "nvml-check-hidden": machine(**{**NO_UVM, "env": {"PYTORCH_NVML_BASED_CUDA_CHECK": "1", "CUDA_VISIBLE_DEVICES": ""}}),
    "nvml-check-no-libcuda": machine(libcuda=None, env={"PYTORCH_NVML_BASED_CUDA_CHECK": "1"}),
    "nvml-check-no-nvml": machine(**{**NO_UVM, "nvml": None, "env": {"PYTORCH_NVML_BASED_CUDA_CHECK": "1"}}),
    "nvml-check-mismatch": machine(**{**NO_UVM, "nvml": "570.133.20", "env": {"PYTORCH_NVML_BASED_CUDA_CHECK": "1"}}),
    "nvml-check-no-module": machine(**NO_MODULE, gpus=held_by(None), env={"PYTORCH_NVML_BASED_CUDA_CHECK": "1"}),
}

# No file shows these causes: only a driver that was asked can tell. `check` asks; `check --root` reads what was recorded.
ASKED = {f"cuinit-{code}": machine(codes={"cuinit": code}) for code in
         (1, 2, 3, 4, 36, 46, 101, 214, 304, 800, 801, 802, 803, 804, 805, 806, 999)}
ASKED["nvml-999"] = machine(codes={"cuinit": 999, "nvml_init": 999})
ASKED["nvml-0-gpus"] = machine(codes={"cuinit": 100}, gpus=[])

# Something is wrong beside the driver (breaks.py), on a machine where CUDA ends in 999 if torch gets so far.
BROKEN = {name: machine(**{**NO_UVM, **machine_of(broken), "nodes": NO_UVM["nodes"]}) for name, broken in {
    # ---- another torch is imported first
    "shadow-empty-file": [["cwd", "empty.py"]],
    "shadow-empty-package": [["cwd", "init"]],
    "shadow-empty-folder": [["cwd", "namespace"]],
    "shadow-only-libraries": [["cwd", "lib-only"]],
    "shadow-pythonpath": [["pythonpath", ["init"]]],
    "shadow-pythonpath-later": [["pythonpath", ["/nonexistent", "init"]]],
    "shadow-safe-path": [["cwd", "empty.py"], ["env", "PYTHONSAFEPATH", "1"]],
    "shadow-pth": [["pth", "/home/w/p-init-code"]],
    # ---- its own files
    "lib-cuda-gone": [["site", "torch/lib/libtorch_cuda.so", "gone"]],
    "lib-c10-cuda-gone": [["site", "torch/lib/libc10_cuda.so", "gone"]],
    "lib-global-deps-gone": [["site", "torch/lib/libtorch_global_deps.so", "gone"]],
    "lib-cpu-empty": [["site", "torch/lib/libtorch_cpu.so", "empty"]],
    "lib-cpu-text": [["site", "torch/lib/libtorch_cpu.so", "text"]],
    "lib-cpu-refused": [["site", "torch/lib/libtorch_cpu.so", "refused"]],
    "lib-cuda-linalg-gone": [["site", "torch/lib/libtorch_cuda_linalg.so", "gone"]],
    "lib-folder-gone": [["site", "torch/lib", "gone"]],
    "torch-version-gone": [["site", "torch/version.py", "gone"]],
    "torch-init-gone": [["site", "torch/__init__.py", "gone"]],
    # ---- NVIDIA's packages; a name that this build does not have changes nothing
    "cublas-gone": [["site", "nvidia/cublas/lib", "gone"]],
    "cublas-text": [["site", "nvidia/cublas/lib/libcublas.so.12", "text"]],
    "cudnn-gone": [["site", "nvidia/cudnn", "gone"]],
    "nvjitlink-gone": [["site", "nvidia/nvjitlink/lib/libnvJitLink.so.12", "gone"]],
    "cu13-gone": [["site", "nvidia/cu13", "gone"]],
    "nvidia-gone": [["site", "nvidia", "gone"]],
    # ---- what torch requires of others
    "no-typing-extensions": [["site", "typing_extensions.py", "gone"]],
    "no-sympy": [["site", "sympy", "gone"]],
    "no-mpmath": [["site", "mpmath", "gone"]],
    "no-networkx": [["site", "networkx", "gone"]],
    "no-jinja2": [["site", "jinja2", "gone"]],
    "no-filelock": [["site", "filelock", "gone"]],
    "no-fsspec": [["site", "fsspec", "gone"]],
    "no-triton": [["site", "triton", "gone"]],
    # ---- LD_LIBRARY_PATH
    "ldpath-nonexistent": [["ldpath", ["/nonexistent", "", "."]]],
    "ldpath-stubs-foreign": [["ldpath", [WORK + "/foreign"]]],
    "ldpath-text-libcuda": [["ldpath", [WORK + "/text"]]],
    "ldpath-empty-libcuda": [["ldpath", [WORK + "/empty"]]],
    "ldpath-refused": [["ldpath", [WORK + "/refused"]]],
    "ldpath-stubs": [["ldpath", [STUBS]]],
    "ldpath-wrong-cublas": [["ldpath", [WORK + "/wrong-cublas"]]],
    "ldpath-wrong-cudnn": [["ldpath", [WORK + "/wrong-cudnn"]]],
    "ldpath-named-libcuda": [["ldpath", [WORK + "/named-libcuda"]]],
}.items()}

# What `check` says when the driver's libraries misbehave: never "broken" without evidence.
MOODS = {name: machine(mood=mood, mood_of=of, codes={"cuinit": 999}) for name, mood, of in (
    ("sleeps-4", "sleep:4", ""), ("sleeps-12", "sleep:12", "cuda"), ("forever", "forever", ""), ("crashes", "crash", ""),
    ("exits", "exit", ""), ("garbage", "garbage", ""))}
