# SPDX-License-Identifier: Apache-2.0
"""What can be broken beside the driver: a list of breaks, each a list of words, [kind, word...]. `machine_of` gives the device
side, `lay_breaks` does the rest inside the private namespace: other torches in the way, files of the real one taken away or
spoiled, folders for LD_LIBRARY_PATH. Used by states.py (named ones) and random_states.py (any)."""
import glob
import os
import shutil
import sys
import zipfile

import machine

WORK = "/home/w"  # folders of the state's own: the working folder, those of the variables
STUBS = "/usr/local/cuda-12.4/lib64/stubs"


def machine_of(breaks):
    m, env, extra = machine.machine(), {}, {}
    for kind, *words in breaks:
        if kind == "gpus":
            first = m["gpus"][:1]
            m["gpus"] = [{**g, "addr": f"0000:0{i + 1}:00.0"} for i, g in enumerate(first * words[0])]
            if words[0] == 2 and "nvidia0" in m["nodes"]:
                m["nodes"]["nvidia1"] = "0666"
        elif kind == "bus":
            m["gpus"] = [{**g, "driver": words[0]} for g in m["gpus"]]
            extra["module"] = None
        elif kind in ("module", "libcuda", "nvml"):
            extra[kind] = words[0]
        elif kind == "node":
            m["nodes"].pop(words[0], None) if words[1] is None else m["nodes"].update({words[0]: words[1]})
        elif kind == "env":
            env[words[0]] = words[1]
        elif kind == "visible":
            env["CUDA_VISIBLE_DEVICES"] = words[0]
        elif kind == "user":
            m["uid"] = words[0]
    m.update(extra)
    if not m["module"] or not m["gpus"]:
        m.update(module=None, nodes={})
    for kind, *words in breaks:  # the LAST word about the loader's path is the one that holds
        if kind == "ldpath":
            env["LD_LIBRARY_PATH"] = ":".join(words[0] + ([STUBS] if m["libcuda"] == "stub" else []))
        elif kind == "pythonpath":
            env["PYTHONPATH"] = ":".join(folder_of(word) for word in words[0])
    m.update(env=env, breaks=breaks)
    if m["libcuda"] == "stub":
        m["codes"] = {"cuinit": 34}
    return m


def folder_of(word):
    return word if word in ("", "rel") or word.startswith("/") else f"{WORK}/p-{word}"


# ---- what is done to the machine once it is laid (world.py)

def put(path, text="", mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)


def lay_torch(where, kind):
    """A torch that is none, or what else stands in the way of one, in the folder `where`."""
    os.makedirs(where, exist_ok=True)
    files = {"empty.py": ("torch.py", ""), "code.py": ("torch.py", "x = 1\n"), "cuda.py": ("cuda.py", ""),
             "init": ("torch/__init__.py", ""), "init-code": ("torch/__init__.py", "__version__ = '9.9'\n"),
             "lib-only": ("torch/lib/libtorch_cuda.so", ""), "extension": ("torch.cpython-311-x86_64-linux-gnu.so", ""),
             "pyc": ("torch.pyc", "x"), "version-only": ("torch/version.py", "cuda = None\n"), "file": ("torch", "x\n"),
             "dist-info": ("torch-2.9.9+cpu.dist-info/METADATA", "Name: torch\nVersion: 2.9.9+cpu\n"),
             "stub-typing": ("typing_extensions.pyi", ""), "stub-numpy": ("torch.pyi", "")}
    if kind in files:
        put(os.path.join(where, files[kind][0]), files[kind][1])
    elif kind == "namespace":
        os.makedirs(where + "/torch")
    elif kind in ("loop", "dangling"):
        os.symlink("torch" if kind == "loop" else "/nonexistent", where + "/torch")
    elif kind == "refused":
        put(where + "/torch/__init__.py", "", 0)
        os.chmod(where + "/torch", 0)


def lay_pythonpath(word, other):
    where = folder_of(word)
    if word == "other":
        os.path.lexists(where) or os.symlink(other, where)
    elif word == "zip":
        with zipfile.ZipFile(where, "w") as z:
            z.writestr("torch/__init__.py", "")
    elif where.startswith(WORK) and not os.path.exists(where):
        lay_once(where, word)


def lay_library(where, fakes):
    """Folders for LD_LIBRARY_PATH: a stub, and files that are none of what their names say."""
    name = os.path.basename(where)
    os.makedirs(where, exist_ok=True)
    if where == STUBS and not os.path.exists(where + "/libcuda.so.1"):
        shutil.copy(os.path.join(fakes, "libcuda.so.1"), where)
        put(where + "/fake.conf", "cuinit=34\ncuver=0\nnvml_init=9\nnvml_count=0\ndriver=\nmood=\nmood_of=\n")
    elif name == "named-libcuda":
        shutil.copy(os.path.join(fakes, "libcuda.so.1"), where + "/libcuda.so")
    elif name in ("empty", "text"):
        put(where + "/libcuda.so.1", "" if name == "empty" else "no library, but a text that is long enough for a header " * 9)
    elif name == "foreign":
        shutil.copy(os.path.join(fakes, "libcuda.so.1"), where)
        with open(where + "/libcuda.so.1", "r+b") as f:
            f.seek(18)
            f.write((183).to_bytes(2, "little"))
    elif name.startswith("wrong-"):
        for major in (8, 9, 11, 12, 13):
            put(f"{where}/lib{name[6:]}.so.{major}")
    elif name == "refused":
        put(where + "/libcuda.so.1", "", 0)
        os.chmod(where, 0)


def take_away(path):
    shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)


def break_site(site, name, how):
    """In the overlay: what is taken away leaves a mark there and nothing else."""
    for path in glob.glob(os.path.join(site, name)):
        folder = os.path.isdir(path)
        take_away(path)
        if how == "dangling":
            os.symlink("/nonexistent", path)
        elif folder and how != "gone":
            os.mkdir(path, 0 if how == "refused" else 0o755)
        elif how != "gone":
            put(path, "" if how in ("empty", "refused") else "this is a text, no program, and is longer than any header\n" * 9,
                0 if how == "refused" else 0o644)


def lay_once(where, kind):
    """Two breaks may want the same place: the first has it."""
    try:
        lay_torch(where, kind)
    except OSError as e:
        print(f"{where}: {kind}: {e}", file=sys.stderr)


def lay_breaks(breaks, fakes, site, other):
    os.makedirs(WORK + "/cwd")
    os.chmod(WORK, 0o755)
    for kind, *words in breaks:
        if kind == "cwd":
            lay_once(WORK + "/cwd", words[0])
        elif kind == "pythonpath":
            for word in words[0]:
                lay_pythonpath(word, other)
        elif kind == "ldpath":
            for word in words[0]:
                if word.startswith((WORK, STUBS)):
                    lay_library(word, fakes)
        elif kind == "site":
            break_site(site, *words)
        elif kind == "pth":
            lay_once(site + "/p", "init-code")
            lay_once(WORK + "/p-init-code", "init-code")
            put(site + "/aa.pth", words[0] + "\n")
        elif kind == "group" and os.path.exists("/dev/" + words[0]):
            os.chown("/dev/" + words[0], 0, 1000)
