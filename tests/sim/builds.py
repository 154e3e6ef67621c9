#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What `check` reads of a real torch, kept as text: builds/VERSION. With it a stored answer of the real torch can be held
against the prediction on any machine, without torch.

    builds.py PROGRAM VERSION...     records the builds that lie in the cache (oracle.py); as root

A build is the part of a snapshot that is no device and no driver: the interpreter, the environment, torch's records and the
headers of its libraries, below the names /home/sim/v and /usr. `compose` lays it beside a state's case folder.
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
import machine  # noqa: E402
import states  # noqa: E402
import world  # noqa: E402

HOME = "home/sim/v"
PYTHON = "/home/sim/v/bin/python"
BUILDS = os.path.join(HERE, "builds")
# Not the machine's own libraries of a driver, and nothing that a state brings.
SYSTEM = re.compile(r"(usr/)?(bin|lib|lib64)(/|$)|usr$|etc/(os-release|debian_version|python3)|var/lib/dpkg/info/python3-torch")
DRIVER = re.compile(r"lib(cuda\.so|nvidia-)")
META = re.compile(r"(?:[df] \d+ \S+ \S+|size \d+|name|list|mtime \d+|E[A-Z]+|access E[A-Z]+) (\S+)$")


def renamed(path, prefixes):
    for prefix in prefixes:
        if path == prefix or path.startswith(prefix + "/"):
            return HOME + path[len(prefix):]
    return path


def is_kept(path):
    return (path.startswith(HOME) or bool(SYSTEM.match(path))) and not DRIVER.search(path)


def keep_tree(source, target, prefixes):
    for folder, folders, files in os.walk(source):
        for name in files + [f for f in folders if os.path.islink(os.path.join(folder, f))]:
            old = os.path.relpath(os.path.join(folder, name), source)
            new = renamed(old, prefixes)
            if not is_kept(new) or new == HOME:
                continue
            where = os.path.join(target, new)
            os.makedirs(os.path.dirname(where), exist_ok=True)
            shutil.copy(os.path.join(source, old), where, follow_symlinks=False)
            clean(where, prefixes)


def clean(where, prefixes):
    """No name of this machine, and of the package's description only what names packages."""
    if os.path.islink(where):
        to = os.readlink(where)
        new = "/" + renamed(to.lstrip("/"), prefixes) if to.startswith("/") else to
        os.unlink(where)
        os.symlink(new, where)
        return
    with open(where, encoding="utf-8", errors="surrogateescape") as f:
        text = f.read()
    for prefix in prefixes:
        text = text.replace("/" + prefix, "/" + HOME)
    if where.endswith("/METADATA"):
        text = "".join(line + "\n" for line in text.split("\n\n")[0].splitlines()
                       if re.match(r"Metadata-Version|Name|Version|Requires-Dist", line))
    with open(where, "w", encoding="utf-8", errors="surrogateescape") as f:
        f.write(text)


def keep_meta(source, target, prefixes):
    kept = []
    with open(source, encoding="utf-8") as f:
        for line in f.read().splitlines():
            found = META.match(line)
            if found:
                path = renamed(found[1], prefixes)
                of_folder = line.startswith("list") or (line.startswith("name") and not path.startswith(HOME))
                if is_kept(path) and not of_folder and not line.startswith("E"):
                    kept.append(line[:found.start(1)] + path)
    with open(target, "w", encoding="utf-8") as f:
        f.write("\n".join(dict.fromkeys(kept)) + "\n")


def record(program, version, oracle):
    python = oracle.python_of(version)
    venv = os.path.dirname(os.path.dirname(python)).lstrip("/")
    prefixes = [] if version == "debian" else [venv, os.path.realpath("/" + venv).lstrip("/")]
    target = os.path.join(BUILDS, version)
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="whycpu-build-") as scratch:
        words = ["sh", "-c", 'exec >/home/sim/log 2>&1; "$0" snapshot --probe none -o /home/sim/snap --python "$1"; '
                 "cd /home/sim && tar cf /home/sim/snap.tar snap", program, python]
        commands = [["snapshot", words, {}, "/"], ["tar", ["cat", "/home/sim/snap.tar"], {}, "/"]]
        said = world.play(states.STATES["no-uvm-node"], world.build_fakes(scratch + "/fakes"), commands)
        subprocess.run(["tar", "x", "-C", scratch], input=said["tar"].out, check=True)
        snap = os.path.join(scratch, "snap")
        keep_tree(os.path.join(snap, "root"), os.path.join(target, "root"), prefixes)
        keep_tree(os.path.join(snap, "root.elf"), os.path.join(target, "root.elf"), prefixes)
        keep_meta(os.path.join(snap, "root.meta"), os.path.join(target, "meta"), prefixes)


def versions():
    return sorted(os.listdir(BUILDS)) if os.path.isdir(BUILDS) else []


def write_probes(state, folder):
    """What the driver's libraries answer to a `check` that asks them."""
    codes = machine.codes_of(state)
    gpus = [{"uuid": machine.uuid_of(i), "name": gpu["name"], "cc": gpu["cc"]} for i, gpu in enumerate(state["gpus"])]
    answers = {"cuda": {"path": f"/{machine.LIBRARIES}/libcuda.so.{state['libcuda']}", "driver_cuda": machine.cuda_of(state["libcuda"]),
                        "cuInit": codes["cuinit"]},
               "nvml": {"init": codes["nvml_init"], **({"driver_version": state["module"], "gpus": gpus} if not codes["nvml_init"]
                                                       else {})}}
    for name, answer in answers.items():
        machine.write(folder, f"probes/{name}.json", json.dumps(answer))


def can_compose(state):
    """Files that are gone can be taken from the recording, too; what else is broken only from the torch itself (oracle.py). For
    NVIDIA's packages a CUDA of the machine itself may have stood in."""
    return all(kind == "site" and words[1] == "gone" and not words[0].startswith("nvidia") for kind, *words in state["breaks"])


def take_away(folder, name):
    """Out of the folder where torch lies."""
    site, = glob.glob(f"{folder}/root/{HOME}/lib/python3*/site-packages") or [f"{folder}/root/usr/lib/python3/dist-packages"]
    place = os.path.relpath(os.path.join(site, name), os.path.join(folder, "root"))
    for part in ("root/" + place, "root.elf/" + place, f"root.elf/{place}.json"):
        where = os.path.join(folder, part)
        if os.path.isdir(where) and not os.path.islink(where):
            shutil.rmtree(where)
        elif os.path.lexists(where):
            os.unlink(where)
    with open(os.path.join(folder, "root.meta"), encoding="utf-8") as f:
        kept = [line for line in f if not re.search(f" {re.escape(place)}(/|$)", line)]
    with open(os.path.join(folder, "root.meta"), "w", encoding="utf-8") as f:
        f.writelines(kept)


def compose(state, version, folder, asked=False):
    """The case folder of a state on a machine with that build; `asked`: with the answers of its driver."""
    machine.write_case(state, folder)
    if asked:
        write_probes(state, folder)
    build = os.path.join(BUILDS, version)
    for part in ("root", "root.elf"):
        if os.path.isdir(os.path.join(build, part)):
            shutil.copytree(os.path.join(build, part), os.path.join(folder, part), symlinks=True, dirs_exist_ok=True)
    with open(os.path.join(build, "meta"), encoding="utf-8") as f, \
            open(os.path.join(folder, "root.meta"), "a", encoding="utf-8") as out:
        out.write(f.read())
        out.write("cwd /\nc 1 3 0666 root root dev/null\n")
    os.unlink(os.path.join(folder, "fake.conf"))
    for _, name, _ in state["breaks"]:
        take_away(folder, name)


def main():
    import oracle
    for version in sys.argv[2:]:
        record(os.path.abspath(sys.argv[1]), version, oracle)
        print(version, sum(len(files) for _, _, files in os.walk(os.path.join(BUILDS, version))), "files")


if __name__ == "__main__":
    main()
