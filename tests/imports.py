#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The verdict on `import torch` against what real wheels said: every row of oracle/imports.tsv becomes a machine as a folder,
whose libraries are those of oracle/builds.tsv, with the named one taken away or another one put into LD_LIBRARY_PATH. The
program must say what torch said; where a library's symbols decide (a library without any, another toolkit's), which no
header tells, it may also say that it does not know."""
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = "/home/ana/v/bin/python"
SITE = "/home/ana/v/lib/python3.11/site-packages"
EXTRA = "/home/ana/libs"
TOOLKIT = "/usr/local/cuda/lib64"
CUDA13 = ("libcudart.so.13 libcublas.so.13 libcublasLt.so.13 libcudnn.so.9 libcufft.so.12 libcupti.so.13 libcurand.so.10 "
          "libcusolver.so.12 libcusparse.so.12 libnccl.so.2 libnvJitLink.so.13 libnvrtc.so.13 libnvrtc-builtins.so.13.0").split()

# The package folder of a library, in wheels for CUDA 11 and 12; for 13 most lie in cu13.
FOLDERS = {"libcublas": "cublas", "libcublasLt": "cublas", "libcudart": "cuda_runtime", "libcudnn": "cudnn",
           "libcudnn_graph": "cudnn", "libcudnn_ops_infer": "cudnn", "libcufft": "cufft", "libcufile": "cufile",
           "libcupti": "cuda_cupti", "libcurand": "curand", "libcusolver": "cusolver", "libcusparse": "cusparse",
           "libcusparseLt": "cusparselt", "libnccl": "nccl", "libnvJitLink": "nvjitlink", "libnvToolsExt": "nvtx",
           "libnvrtc": "cuda_nvrtc", "libnvrtc-builtins": "cuda_nvrtc", "libnvshmem_host": "nvshmem"}
NOT_IN_CU13 = {"cudnn", "nccl", "nvshmem", "cusparselt"}
# What NVIDIA's libraries ask of each other (readelf; libcublas with RUNPATH $ORIGIN, cusparse and cusolver with their
# neighbours' folders).
ASKS = {"libcublas": ["libcublasLt"], "libcusparse": ["libnvJitLink"],
        "libcusolver": ["libnvJitLink", "libcusparse", "libcublas", "libcublasLt"]}
# What the wheels need that builds.tsv does not say: opened by name, or named by a library that was not read.
LATER = {"1.13.1+cu117": ["libnvrtc.so.11.2", "libcudart.so.11.0", "libnvrtc-builtins.so.11.7", "libcublasLt.so.11"],
         "2.1.2+cu121": ["libnvrtc.so.12", "libnvrtc-builtins.so.12.1", "libcusolver.so.11", "libnvJitLink.so.12"],
         "2.4.1+cu121": ["libnvrtc.so.12", "libnvrtc-builtins.so.12.1", "libcusolver.so.11", "libnvJitLink.so.12"],
         "2.6.0+cu124": ["libnvrtc.so.12", "libnvrtc-builtins.so.12.4", "libcusolver.so.11", "libnvJitLink.so.12",
                         "libnvToolsExt.so.1"],
         "2.9.1+cu128": ["libnvrtc.so.12", "libnvrtc-builtins.so.12.8", "libcusolver.so.11", "libnvJitLink.so.12",
                         "libnvToolsExt.so.1", "libnvshmem_host.so.3"],
         "2.11.0+cu130": ["libnvrtc.so.13", "libnvrtc-builtins.so.13.0", "libcusolver.so.12", "libnvJitLink.so.13",
                          "libnvshmem_host.so.3"]}
CUPTI = {"1.13.1+cu117": None, "2.1.2+cu121": "libcupti.so.12", "2.4.1+cu121": "libcupti.so.12",
         "2.6.0+cu124": "libcupti.so.12", "2.9.1+cu128": "libcupti.so.12", "2.11.0+cu130": "libcupti.so.13"}


def table(name):
    with open(os.path.join(HERE, "oracle", name), encoding="utf-8", newline="") as f:
        return list(csv.DictReader((line for line in f if not line.startswith("#")), delimiter="\t",
                                   quoting=csv.QUOTE_NONE))


def stem(library):
    return library.split(".so")[0]


class Wheel:
    """The files of one release: {path: header}."""

    def __init__(self, torch, rows):
        self.torch, self.files, self.cuda = torch, {}, torch.split("+cu")[1]
        own = {row["file"]: row for row in rows}
        rpath = own["libtorch_cuda.so"]["rpath"]
        needed = {name: row["needed"].split() for name, row in own.items()}
        needed.setdefault("libtorch_python.so", ["libtorch_cpu.so", "libtorch_cuda.so", "libc10_cuda.so", "libtorch.so"])
        needed.setdefault("libtorch_cpu.so", ["libc10.so"] + ([CUPTI[torch]] if CUPTI[torch] else []))
        needed.setdefault("libc10_cuda.so", ["libc10.so"])
        if "libtorch_nvshmem.so" in needed["libtorch_cuda.so"]:
            needed["libtorch_nvshmem.so"] = ["libnvshmem_host.so.3"]
        if torch.startswith("1.13"):
            needed["libtorch_cuda_cpp.so"] = ["libcudnn.so.8", "libtorch_cpu.so", "libc10_cuda.so"]
            needed["libtorch_cuda_cu.so"] = ["libcublas.so.11", "libcublasLt.so.11"]
        for name in ("libtorch_cuda_linalg.so", "libcaffe2_nvrtc.so"):
            needed.setdefault(name, [])
        libraries = set(LATER[torch])
        for name in list(needed):
            for library in needed[name]:
                if stem(library) in FOLDERS:
                    libraries.add(library)
                elif library not in needed:
                    needed[library] = []
        for name, names in needed.items():
            place = f"torch/{name}" if name.startswith("_C") else f"torch/lib/{name}"
            self.add(place, names, rpath=own[name]["rpath"] if name in own else rpath)
        for library in libraries:
            self.add_package(library, libraries)
        major = "9" if "libcudnn.so.9" in libraries else "8"
        self.add_package("libcudnn_graph.so.9" if major == "9" else "libcudnn_ops_infer.so.8", libraries)

    def add(self, place, needed, soname=None, **paths):
        header = {"class": 64, "machine": "x86_64", "soname": soname or os.path.basename(place), "needed": needed}
        self.files[f"{SITE}/{place}"] = {**header, **paths}

    def folder(self, library):
        name = FOLDERS[stem(library)]
        return "cu13" if self.cuda.startswith("13") and name not in NOT_IN_CU13 else name

    def add_package(self, library, libraries):
        asks = [x for x in sorted(libraries) if stem(x) in ASKS.get(stem(library), [])]
        runpath = ":".join(["$ORIGIN"] + [f"$ORIGIN/../../{self.folder(x)}/lib" for x in asks])
        paths = {"runpath": runpath} if asks or "cudnn" in library else {}
        # nvidia-cusparselt 0.6 lies beside nvidia/.
        beside = stem(library) == "libcusparseLt" and self.torch.startswith("2.6.")
        self.add(f"{'' if beside else 'nvidia/'}{self.folder(library)}/lib/{library}", asks, soname=library, **paths)


def is_of(path, what):
    """Is this the file that a state's missing-WHAT took away?"""
    name, place = os.path.basename(path), path[len(SITE) + 1:]
    if what == "nvidia-folder":
        return place.startswith("nvidia/")
    if what.startswith("torch-lib-"):
        return place == "torch/lib/" + what[len("torch-lib-"):]
    if what == "cudnn-parts":
        return name.startswith("libcudnn_")
    if what == "nvshmem":
        what = "nvshmem_host"
    return not place.startswith("torch/") and stem(name) == "lib" + what


def put(root, path, text=""):
    place = root + path
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place, "w", encoding="utf-8") as f:
        f.write(text)


class Machine:
    def __init__(self, top, wheel):
        self.root, self.elf, self.env = top + "/root", top + "/root.elf", {"HOME": "/home/ana"}
        self.meta = ["whycpu.case/1 complete", "kernel 6.1.0-18-amd64 x86_64", "user 1000 1000 1000 0000000000000000",
                     "cwd /home/ana"]
        self.top = top
        version, cuda = wheel.torch.split("+cu")
        self.library("/usr/bin/python3.11", {"class": 64, "machine": "x86_64", "interp": "/lib64/ld-linux-x86-64.so.2",
                                             "needed": ["libc.so.6"]})
        put(self.root, "/usr/lib/python3.11/os.py")
        os.makedirs(self.root + "/home/ana/v/bin")
        os.symlink("/usr/bin/python3.11", self.root + PYTHON)
        put(self.root, "/home/ana/v/pyvenv.cfg",
            "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\n")
        put(self.root, f"{SITE}/torch/__init__.py")
        put(self.root, f"{SITE}/torch/version.py", f"__version__ = '{wheel.torch}'\ndebug = False\n"
            f"cuda = '{cuda[:-1]}.{cuda[-1]}'\ngit_version = '0'\nhip = None\nxpu = None\n")
        put(self.root, f"{SITE}/torch-{version}.dist-info/INSTALLER", "pip\n")

    def library(self, path, header):
        put(self.root, path)
        put(self.elf, path + ".json", json.dumps(header))

    def write(self):
        put(self.top, "/root.meta", "\n".join(self.meta) + "\n")
        put(self.top, "/env", "".join(f"{k}={v}\n" for k, v in self.env.items()))


def build(top, wheel, row):
    machine = Machine(top, wheel)
    parts = row["state"].split("+")
    missing = [p[len("missing-"):] for p in parts if p.startswith("missing-")]
    emptied = [p[len("emptied-"):] for p in parts if p.startswith("emptied-")]
    for path, header in wheel.files.items():
        if any(is_of(path, what) for what in emptied):
            put(machine.root, path)
            machine.meta.append(f"size 0 {path[1:]}")
        elif not any(is_of(path, what) for what in missing):
            machine.library(path, header)
    if "empty-nvidia-folder" in parts:
        os.makedirs(f"{machine.root}{SITE}/nvidia")
    header = {"class": 64, "machine": "x86_64", "soname": row["library"], "needed": []}
    for part in parts:
        if part.startswith("ld-"):
            machine.env["LD_LIBRARY_PATH"] = TOOLKIT if part == "ld-system-toolkit" else EXTRA
        if part.startswith("ld-emptyfile"):
            put(machine.root, f"{EXTRA}/{row['library']}")
            machine.meta.append(f"size 0 {EXTRA[1:]}/{row['library']}")
        elif part.startswith(("ld-wrongarch", "ld-symbolless")):
            other = {"machine": "aarch64"} if "wrongarch" in part else {}
            machine.library(f"{EXTRA}/{row['library']}", {**header, **other})
    if "toolkit" in parts:
        put(machine.root, "/etc/ld.so.conf", TOOLKIT + "\n")
        for library in CUDA13:
            machine.library(f"{TOOLKIT}/{library}", {**header, "soname": library})
    machine.write()


def expected(row):
    """(type, text) or None where the import worked."""
    if row["import"] == "ok":
        return None
    kind, text = row["import"].split(": ", 1)
    return kind, text.replace("<site>", SITE).replace("<dir>/emptyfile-" + row["library"], EXTRA)


def symbols_decide(row):
    return "symbolless" in row["state"] or "toolkit" in row["state"]


def problem(row, outcome):
    wanted, raises = expected(row), outcome["raises"]
    if outcome["value"] is None and symbols_decide(row):
        return None
    if wanted is None:
        return None if outcome["value"] is True else f"import worked; predicted {outcome}"
    if outcome["value"] is not False:
        return f"import said {wanted}; predicted {outcome}"
    if raises is None or raises["type"] != wanted[0] or not wanted[1].startswith(raises["text"]):
        return f"import said {wanted}; predicted {raises}"
    return None


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else os.environ["WHYCPU"]
    builds, rows = table("builds.tsv"), table("imports.tsv")
    wheels = {t: Wheel(t, [b for b in builds if b["torch"] == t]) for t in {r["torch"] for r in rows}}
    failed = 0
    print(f"1..{len(wheels)}")
    for number, torch in enumerate(sorted(wheels), 1):
        problems = []
        for row in (r for r in rows if r["torch"] == torch):
            top = tempfile.mkdtemp()
            build(top, wheels[torch], row)
            done = subprocess.run([program, "check", "--root", top, "--python", PYTHON, "--json"],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                                  env={**os.environ, "WHYCPU_LOOKER": "inline"})
            try:
                found = problem(row, json.loads(done.stdout)["prediction"]["import"])
            except ValueError:
                found = f"no answer: {done.stderr.decode(errors='replace')[:300]}"
            shutil.rmtree(top)
            if found:
                problems.append(f"{row['state']}: {found}")
        failed += bool(problems)
        count = sum(r["torch"] == torch for r in rows)
        print(f"{'not ' if problems else ''}ok {number} - import of torch {torch} in {count} states")
        for text in problems:
            print(f"#   {text}")
    sys.exit(1 if failed else 0)


main()
