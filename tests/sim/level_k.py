#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""NVIDIA's own libcuda and libnvidia-ml, on a fake kernel side, against the codes that the simulated driver derives from a
machine's state (machine.codes_of). The libraries are Debian's packages (non-free, 4 MB), fetched into the cache, not installed,
and never kept in the tree.

    level_k.py      Prints TAP; SKIP where the libraries are not there and cannot be fetched.
"""
import glob
import os
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
TREE = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
import machine  # noqa: E402

CACHE = os.path.join(os.environ.get("WHYCPU_CACHE", os.path.join(TREE, ".cache")), "oracle", "level-k")
PACKAGES = ("libcuda1", "libnvidia-ml1")
NOBODY = 65534
FETCH_S = 40  # for each step
ASK = ("import ctypes, sys\nlibrary = ctypes.CDLL(sys.argv[1])\n"
       "print(library.cuInit(0) if 'libcuda' in sys.argv[1] else library.nvmlInit_v2())")


def sources():
    """This machine's own package sources, with the component that holds the driver."""
    found = ""
    for path in ["/etc/apt/sources.list", *sorted(glob.glob("/etc/apt/sources.list.d/*"))]:
        if not os.path.isfile(path):
            continue
        with open(path, encoding="utf-8") as f:
            lines = f.read().splitlines()
        if path.endswith(".sources"):
            found += "\n".join(line + " contrib non-free" if line.startswith("Components:") else line for line in lines) + "\n\n"
    return found


def install():
    for folder in ("state/lists/partial", "cache/archives/partial", "sources.d", "files"):
        os.makedirs(os.path.join(CACHE, folder), exist_ok=True)
    with open(os.path.join(CACHE, "sources.d/all.sources"), "w", encoding="utf-8") as f:
        f.write(sources())
    conf = os.path.join(CACHE, "apt.conf")
    with open(conf, "w", encoding="utf-8") as f:
        f.write(f'Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "{CACHE}/sources.d";\nDir::State "{CACHE}/state";\n'
                f'Dir::State::status "/var/lib/dpkg/status";\nDir::Cache "{CACHE}/cache";\nAPT::Sandbox::User "root";\n')
    env = {**os.environ, "APT_CONFIG": conf}
    for words in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "download", *PACKAGES]):
        subprocess.run(words, check=True, env=env, cwd=CACHE, capture_output=True, text=True, timeout=FETCH_S,
                       stdin=subprocess.DEVNULL)
    for package in glob.glob(os.path.join(CACHE, "*.deb")):
        subprocess.run(["dpkg", "-x", package, os.path.join(CACHE, "files")], check=True)


def libraries():
    """{"cuinit": path, "nvml_init": path} and the driver's version, or None."""
    found = {}
    for key, name in (("cuinit", "libcuda"), ("nvml_init", "libnvidia-ml")):
        real = [p for p in glob.glob(os.path.join(CACHE, f"files/usr/lib/*/nvidia/current/{name}.so.*")) if not os.path.islink(p)]
        if len(real) != 1:
            return None, None
        found[key] = real[0]
    return found, found["cuinit"].rsplit(".so.", 1)[1]


def kernel_text(m):
    """SIM_KERNEL of fakekernel.c."""
    parts = [m["module"] or "0"]
    for node in ("nvidiactl", "nvidia-uvm", "nvidia0"):
        if m["nodes"].get(node) is None:
            parts.append(f"{node}=2")
        elif not machine.usable(m, node):
            parts.append(f"{node}=13")
    return ";".join(parts)


def rows(own):
    """Without a GPU behind it the fake kernel ends in 100 where all else is sound: that a GPU's node is missing (100, too)
    cannot be told from it, and has no row."""
    branch, build, patch = (int(part) for part in own.split("."))
    sound = {"module": own, "libcuda": own, "nvml": own}
    refused = {"nvidiactl": "0666", "nvidia-uvm": "0600", "nvidia0": "0666"}
    yield "no module", {**sound, "module": None, "nodes": {}}
    yield "no control node", {**sound, "nodes": {"nvidia-uvm": "0666", "nvidia0": "0666"}}
    yield "control node refused", {**sound, "nodes": {**refused, "nvidiactl": "0600"}}
    yield "no nvidia-uvm node", {**sound, "nodes": {"nvidiactl": "0666", "nvidia0": "0666"}}
    yield "nvidia-uvm node refused", {**sound, "nodes": refused}
    yield "neither nvidia-uvm nor GPU node", {**sound, "nodes": {"nvidiactl": "0666"}}
    yield "a newer module of the branch", {**sound, "module": f"{branch}.{build + 20}.{patch:02d}"}
    yield "a newer branch", {**sound, "module": "550.54.15"}
    yield "a much newer branch", {**sound, "module": "580.95.05"}
    yield "an older branch that is not accepted", {**sound, "module": "530.41.03"}
    yield "an older branch that is accepted, no nvidia-uvm node", {**sound, "module": "470.256.02",
                                                                   "nodes": {"nvidiactl": "0666", "nvidia0": "0666"}}
    yield "an older module of the branch, no nvidia-uvm node", {**sound, "module": f"{branch}.{build - 100}.{patch:02d}",
                                                              "nodes": {"nvidiactl": "0666", "nvidia0": "0666"}}


def ask(library, shim, state):
    env = {"PATH": os.environ["PATH"], "SIM_KERNEL": kernel_text(state), "LD_PRELOAD": shim}
    done = subprocess.run(["/usr/bin/python3", "-c", ASK, library], env=env, capture_output=True, text=True, timeout=60,
                          preexec_fn=(lambda: os.setuid(NOBODY)) if os.geteuid() == 0 else None)
    return int(done.stdout) if done.returncode == 0 else f"status {done.returncode}: {done.stderr[-200:]}"


def provide():
    """(libraries, version, None), or why there are none."""
    found, own = libraries()
    if not found:
        try:
            install()
        except (subprocess.SubprocessError, OSError) as e:
            return None, None, (getattr(e, "stderr", None) or str(e)).strip().split("\n")[-1][-150:]
        found, own = libraries()
    return found, own, None if found else "Debian's packages have another form now"


def main():
    found, own, reason = provide()
    if reason:
        print(f"1..0 # SKIP NVIDIA'S OWN LIBRARIES WERE NOT ASKED: {reason}")
        return 0
    shim, n, failed = os.path.join(CACHE, "fakekernel.so"), 0, 0
    subprocess.run([os.environ.get("CC", "cc"), "-D_GNU_SOURCE", "-Wall", "-Wextra", "-O1", "-shared", "-fPIC",
                    os.path.join(HERE, "fakekernel.c"), "-o", shim, "-ldl"], check=True)
    for name, changes in rows(own):
        state = machine.machine(**changes)
        derived = machine.codes_of(state)
        for key, library in found.items():
            n += 1
            real = ask(library, shim, state)
            failed += real != derived[key]
            print(f"{'ok' if real == derived[key] else 'not ok'} {n} - {own}: {name}: {key} is {derived[key]}", flush=True)
            if real != derived[key]:
                print(f"# the real library says {real}")
    print(f"1..{n}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
