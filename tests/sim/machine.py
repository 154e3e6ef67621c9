# SPDX-License-Identifier: Apache-2.0
"""One simulated machine: from a short description to a case folder (tests/cases/README.md), and to what its driver's
libraries answer. States name causes (a node is missing, two versions differ); the codes follow from `codes_of`, whose rows
were measured with NVIDIA's own libraries on a fake kernel (level K; tests/sim/level_k.py repeats it where they can be
fetched). Only codes without a modelled cause are given as such."""
import copy
import json
import os

HERE = os.path.dirname(os.path.realpath(__file__))
TREE = os.path.dirname(os.path.dirname(HERE))
LIBRARIES = "usr/lib/x86_64-linux-gnu"
# Older branches whose kernel module a libcuda still accepts, which is what forward compatibility rests on. Measured with
# libcuda 535.309.01 on the fake kernel (level_k.py): these, no other from 390 to 550, and its own branch up to its own build.
ACCEPTS = {"535": ("450", "470", "510", "515", "525")}

SOUND = {
    "gpus": [{"addr": "0000:01:00.0", "device": "0x2684", "driver": "nvidia", "name": "NVIDIA GeForce RTX 4090", "cc": "8.9"}],
    "module": "570.124.06",    # None: not loaded
    "libcuda": "570.124.06",   # version of the file; None: absent; "stub", "empty", "foreign"
    "nvml": "570.124.06",      # None: absent
    "nodes": {"nvidiactl": "0666", "nvidia-uvm": "0666", "nvidia0": "0666"},
    "env": {},                 # NAME: value
    "mood": "",                # tests/sim/conf.h
    "mood_of": "",             # "cuda", "nvml": only this library has it
    "uid": 1000,
    "codes": {},               # cuinit, nvml_init: only where no cause is modelled
    "breaks": [],              # what is wrong beside the driver (breaks.py)
}
MAJORS = {"nvidiactl": (195, 255), "nvidia-uvm": (510, 0), "nvidia0": (195, 0), "nvidia1": (195, 1)}


def machine(**changes):
    made = copy.deepcopy(SOUND)
    made.update(changes)
    return made


def cuda_of(version):
    """cuDriverGetVersion of a driver, by its branch."""
    branch = int(version.split(".")[0])
    with open(os.path.join(TREE, "data/driver_branch.tsv"), encoding="utf-8") as f:
        rows = [line.split("\t") for line in f if line[0].isdigit()]
    return next(int(row[2]) for row in rows if int(row[0]) <= branch)


def numbers(version):
    return [int(part) for part in version.split(".")]


def usable(m, node):
    mode = m["nodes"].get(node)
    return mode is not None and (m["uid"] == 0 or int(mode, 8) & 0o6 == 0o6)


def accepts(library, module):
    """Does this libcuda go on with this kernel module? None: not measured."""
    branch, its = library.split(".")[0], module.split(".")[0]
    if numbers(module)[:2] > numbers(library)[:2]:
        return False  # a library never knows a newer module
    if branch == its:
        return True
    return its in ACCEPTS[branch] if branch in ACCEPTS else None


def codes_of(m):
    """What cuInit and nvmlInit answer, or None where this state's code was not measured."""
    cuinit = nvml = None
    if not m["module"] or not usable(m, "nvidiactl"):
        cuinit, nvml = 100, 9
    else:
        library, ml = m["libcuda"], m["nvml"]
        nvml = 18 if ml and ml != m["module"] else 0
        fits = accepts(library, m["module"]) if library and library[0].isdigit() else True
        if fits is None:
            cuinit = None
        elif not fits:
            cuinit = 803
        elif not usable(m, "nvidia-uvm"):
            cuinit = 999
        elif not any(usable(m, f"nvidia{i}") for i in range(len(m["gpus"]))):
            cuinit = 100
        elif not any(gpu["driver"] == "nvidia" for gpu in m["gpus"]):
            cuinit = 100
    return {"cuinit": m["codes"].get("cuinit", cuinit), "nvml_init": m["codes"].get("nvml_init", nvml)}


def is_simulable(m):
    """A healthy cuInit cannot be simulated, and a version that cannot be measured is none."""
    return codes_of(m)["cuinit"] not in (None, 0) or m["libcuda"] in (None, "stub", "empty", "foreign")


def fake_conf(m):
    codes = codes_of(m)
    version = m["libcuda"] if m["libcuda"] and m["libcuda"][0].isdigit() else m["module"] or "570.124.06"
    lines = [f"cuinit={codes['cuinit'] or 0}", f"cuver={cuda_of(version)}", f"nvml_init={codes['nvml_init']}",
             f"nvml_count={sum(gpu['driver'] == 'nvidia' for gpu in m['gpus'])}", f"driver={m['module'] or version}",
             f"mood={m['mood']}", f"mood_of={m['mood_of']}"]
    for i, gpu in enumerate(m["gpus"]):
        lines += [f"uuid.{i}={uuid_of(i)}", f"name.{i}={gpu['name']}", f"cc.{i}={gpu['cc']}"]
    return "\n".join(lines) + "\n"


def uuid_of(i):
    return f"GPU-aaaa{1111 * (i + 1)}-0000-4000-8000-{i:012d}"


def write(folder, path, text=""):
    where = os.path.join(folder, path)
    os.makedirs(os.path.dirname(where), exist_ok=True)
    with open(where, "w", encoding="utf-8") as f:
        f.write(text)


def link(folder, path, to):
    where = os.path.join(folder, path)
    os.makedirs(os.path.dirname(where), exist_ok=True)
    os.symlink(to, where)


def write_library(root, meta, name, version):
    """As a driver's package lays it, and what stands for it in broken places."""
    if version is None:
        return
    if version[0].isdigit():
        write(root, f"{LIBRARIES}/{name}.so.{version}")
        link(root, f"{LIBRARIES}/{name}.so.1", f"{name}.so.{version}")
        real = f"{LIBRARIES}/{name}.so.{version}"
    elif version == "stub":
        write(root, f"usr/local/cuda-12.4/lib64/stubs/{name}.so.1")
        real = f"usr/local/cuda-12.4/lib64/stubs/{name}.so.1"
    else:
        write(root, f"{LIBRARIES}/{name}.so.1")
        real = f"{LIBRARIES}/{name}.so.1"
    if version == "empty":
        meta.append(f"size 0 {real}")
        return
    elf = {"class": 64, "machine": "aarch64" if version == "foreign" else "x86_64", "soname": f"{name}.so.1"}
    write(os.path.dirname(root), f"root.elf/{real}.json", json.dumps(elf) + "\n")


def write_module(root, m):
    version = m["module"]
    if not version:
        return
    write(root, "proc/driver/nvidia/version",
          f"NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  {version}  Release Build  (root@sim)\n"
          "GCC version:  gcc version 12.2.0\n")
    write(root, "sys/module/nvidia/version", version + "\n")
    write(root, "sys/module/nvidia/initstate", "live\n")
    write(root, "sys/module/nvidia_uvm/initstate", "live\n")
    for i, gpu in enumerate(m["gpus"]):
        if gpu["driver"] == "nvidia":
            write(root, f"proc/driver/nvidia/gpus/{gpu['addr']}/information",
                  f"Model: \t\t {gpu['name']}\nIRQ:   \t\t 100\nGPU UUID: \t {uuid_of(i)}\nBus Location: \t {gpu['addr']}\n"
                  f"Device Minor: \t {i}\nGPU Firmware: \t {version}\nGPU Excluded:\t No\n")


def write_bus(root, m):
    for i, gpu in enumerate(m["gpus"]):
        at = f"sys/bus/pci/devices/{gpu['addr']}"
        write(root, f"{at}/vendor", "0x10de\n")
        write(root, f"{at}/device", gpu["device"] + "\n")
        write(root, f"{at}/class", "0x030000\n")
        if gpu["driver"]:
            os.makedirs(os.path.join(root, f"sys/bus/pci/drivers/{gpu['driver']}"), exist_ok=True)
            write(root, f"sys/bus/pci/drivers/{gpu['driver']}/new_id")
            link(root, f"{at}/driver", f"../../drivers/{gpu['driver']}")
    write(root, "sys/bus/pci/devices/0000:00:00.0/vendor", "0x8086\n")
    write(root, "sys/bus/pci/devices/0000:00:00.0/device", "0x1237\n")
    write(root, "sys/bus/pci/devices/0000:00:00.0/class", "0x060000\n")


def environment(m):
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/home/sim", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    if m["libcuda"] == "stub":
        env["LD_LIBRARY_PATH"] = "/usr/local/cuda-12.4/lib64/stubs"
    return {**env, **m["env"]}


def write_case(m, folder):
    """The device side of the machine; the Python and its torch are the real ones."""
    root = os.path.join(folder, "root")
    meta = ["whycpu.case/1 complete", "kernel 6.1.0-18-amd64 x86_64", f"user {m['uid']} {m['uid']} 0000000000000000"]
    os.makedirs(root)
    write_module(root, m)
    write_bus(root, m)
    write_library(root, meta, "libcuda", m["libcuda"])
    write_library(root, meta, "libnvidia-ml", m["nvml"])
    write(root, "proc/devices", "Character devices:\n  1 mem\n" + ("195 nvidia\n510 nvidia-uvm\n" if m["module"] else ""))
    for name, mode in m["nodes"].items():
        major, minor = MAJORS[name]
        meta.append(f"c {major} {minor} {mode} root root dev/{name}")
    write(folder, "root.meta", "\n".join(meta) + "\n")
    write(folder, "env", "".join(f"{name}={value}\n" for name, value in environment(m).items()))
    write(folder, "fake.conf", fake_conf(m))
