#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Brings the sources of tree-sitter and its Python grammar: fetch-tree-sitter.py [CACHE]

Prints the folder that holds core/ (the C core) and python/ (the grammar), or a reason on stderr and exit status 1. The
source packages come from the Python registry by name, through pip, and only if their checksum is the one below. A folder
that is already there is taken as it is, without the network. CACHE is $WHYCPU_CACHE, or .cache beside this tree.

pip prepares a source package with its build back end (setuptools and wheel): those of this Python if it has them, else
pip fetches them, of the versions below.
"""
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
# What is fetched, and which of its folders are kept: name, version, sha256 of the source package, {folder in it: ours}.
PACKAGES = (
    ("tree-sitter", "0.24.0", "abd95af65ca2f4f7eca356343391ed669e764f37748b5352946f00f7fc78e734",
     {"tree_sitter/core/lib/src": "core/src", "tree_sitter/core/lib/include": "core/include"}),
    ("tree-sitter-python", "0.23.6", "354bfa0a2f9217431764a631516f85173e9711af2c13dbd796a8815acfe505d9",
     {"src": "python"}),
)
BACK_END = ("setuptools==75.8.0", "wheel==0.45.1")
# The grammar includes these of the core as <tree_sitter/NAME>.
SHARED_HEADERS = ("parser.h", "array.h", "alloc.h", "ts_assert.h")
TIMEOUT_S = 120


class Problem(Exception):
    pass


def has_back_end():
    code = "import setuptools, wheel.bdist_wheel"
    return subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def pip_download(folder):
    wanted, pinned = os.path.join(folder, "wanted"), os.path.join(folder, "pinned")
    with open(wanted, "w") as f:
        f.writelines(f"{name}=={version} --hash=sha256:{digest}\n" for name, version, digest, _ in PACKAGES)
    with open(pinned, "w") as f:
        f.writelines(line + "\n" for line in BACK_END)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input",
               "--retries", "1", "--timeout", "15", "--no-deps", "--no-binary", ",".join(p[0] for p in PACKAGES),
               "--require-hashes", "--dest", folder, "-r", wanted]
    if has_back_end():
        command.append("--no-build-isolation")
    env = {**os.environ, "PIP_CONSTRAINT": pinned}
    try:
        done = subprocess.run(command, env=env, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        raise Problem(f"pip did not end within {TIMEOUT_S} s")
    if done.returncode:
        lines = done.stdout.decode(errors="replace").strip().splitlines()
        raise Problem(next((l for l in reversed(lines) if "ERROR" in l or "No module" in l), lines[-1] if lines else "pip failed"))


def find_package(folder, name, version, digest):
    """The downloaded file: its name may be written with - or _."""
    for entry in sorted(os.listdir(folder)):
        if entry.replace("_", "-") == f"{name}-{version}.tar.gz":
            path = os.path.join(folder, entry)
            with open(path, "rb") as f:
                if hashlib.sha256(f.read()).hexdigest() != digest:
                    raise Problem(f"{entry}: not the checksum that was expected")
            return path
    raise Problem(f"{name} {version}: pip brought no source package")


def unpack(package, folders, target):
    """Regular files below the wanted folders, and the licence; nothing else of the archive is touched."""
    label = next(iter(folders.values())).split("/")[0]
    with tarfile.open(package) as tar:
        for member in tar:
            path = member.name.split("/", 1)[-1]
            if not member.isfile() or ".." in path.split("/"):
                continue
            for source, ours in [*folders.items(), ("LICENSE", f"{label}/LICENSE")]:
                if path != source and not path.startswith(source + "/"):
                    continue
                place = os.path.join(target, ours + path[len(source):])
                os.makedirs(os.path.dirname(place), exist_ok=True)
                with open(place, "wb") as f:
                    shutil.copyfileobj(tar.extractfile(member), f)


def fetch(cache, name):
    """Into a folder of its own, then renamed: several builds may fetch at once, and a broken one leaves nothing behind."""
    os.makedirs(cache, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=".fetch-") as folder:
        pip_download(folder)
        tree = os.path.join(folder, "tree")
        for package, version, digest, folders in PACKAGES:
            unpack(find_package(folder, package, version, digest), folders, tree)
        for header in SHARED_HEADERS:
            shutil.copy(os.path.join(tree, "core/src", header), os.path.join(tree, "core/include/tree_sitter", header))
        try:
            os.rename(tree, os.path.join(cache, name))
        except OSError:
            if not os.path.isdir(os.path.join(cache, name)):
                raise


def main():
    cache = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("WHYCPU_CACHE") or f"{ROOT}/.cache")
    name = "tree-sitter-" + "-".join(p[1] for p in PACKAGES)
    if not os.path.isdir(os.path.join(cache, name)):
        try:
            fetch(cache, name)
        except (Problem, OSError, tarfile.TarError) as e:
            print(f"tree-sitter cannot be fetched: {e}", file=sys.stderr)
            return 1
    print(os.path.join(cache, name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
