#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hang.py WHYCPU [--all] [--seed N] [--only PLACE[:OP[:KIND]]] : does anything that never answers hold the program?
Mounts hangfs (true D states) on each class of path that a collector reads, in a private mount namespace, on a
healthy machine that it builds: the run must end within its limit + 1 s, name the place, answer from the rest, claim
no cause, and leave nothing in the way. The oracle is the server: what it swallowed must be named, and nothing else.
Prints TAP; a rotating part of the matrix per run (30 s of it), all with --all. Skips where nothing can be mounted.
"""

import json
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import attacklib as lib  # noqa: E402

LIMIT = 2
MATRIX_SECONDS, MATRIX_SECONDS_ASAN, WALL_SECONDS, WALL_SECONDS_ALL = 10, 5, 200, 1500
OPS = ("lookup", "getattr", "open", "read", "readlink", "opendir", "readdir")
KINDS = ("file", "dir", "link")
GPU, KMOD, SYSVER, TORCH, CUDA = (
    "pci.gpus.v.0.vendor.v",
    "kmod.loaded.v",
    "kmod.sys_version.v",
    "torch.version.v",
    "drvlib.libcuda.version.v",
)
EXPECT = {GPU: "0x10de", KMOD: True, SYSVER: "550.54.15", TORCH: "2.6.0+cu124", CUDA: "550.54.15"}
BASE = os.path.realpath(sys.executable)
PYDIR = "python%d.%d" % sys.version_info[:2]
LOCK = "\0whycpu-attack-hang"


class World:
    """A healthy machine below one folder; what lies in /sys and /proc is bound over the real one, in `ns` only."""

    def __init__(self, top, binary, loaded=True):
        self.top = top
        os.makedirs(top)
        lib.hardware(top, loaded)
        for d in ("home", "cwd", "tmp", "pathdir", "pythonpath", "ldlib", "tree"):
            os.makedirs(f"{top}/{d}")
        self.site = lib.venv(f"{top}/venv", BASE, PYDIR)
        lib.torch(self.site)
        self.user = f"{top}/home/.local/lib/{PYDIR}/site-packages"
        os.makedirs(self.user)
        if loaded:
            lib.put_elf(top, "ldlib/libcuda.so.550.54.15")
            lib.link(top, "ldlib/libcuda.so.1", "libcuda.so.550.54.15")
        self.binary = f"{top}/bin/whycpu"
        os.makedirs(f"{top}/bin")
        shutil.copy(binary, self.binary)
        self.loader = private_loader(self.binary, f"{top}/private")
        self.ns = lib.Namespace()
        self.ns.mount(f"{top}/sys", "/sys", flags=lib.MS_BIND)
        self.ns.mount(f"{top}/proc/driver", "/proc/driver", flags=lib.MS_BIND)
        self.ns.mount("run", "/run", "tmpfs")
        self.own_dev()
        self.modules = self.modules_folder()
        self.env = {
            "PATH": f"{top}/venv/bin:/usr/bin:/bin",
            "HOME": f"{top}/home",
            "TMPDIR": f"{top}/tmp",
            "LANG": "C.UTF-8",
            "LD_LIBRARY_PATH": f"{top}/ldlib",
            **lib.sanitizer_env(f"{top}/san"),
        }

    def own_dev(self):
        """A /dev with the driver's nodes: a container that has none is not called sound."""
        nodes = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0),
                 "fuse": (10, 229), "nvidiactl": (195, 255), "nvidia0": (195, 0), "nvidia-uvm": (510, 0)}
        os.makedirs(f"{self.top}/dev")
        self.ns.mount("dev", f"{self.top}/dev", "tmpfs", 0, "mode=755")
        pid = os.fork()
        if pid == 0:
            try:
                self.ns.enter()
                os.umask(0)
                for name, (major, minor) in nodes.items():
                    os.mknod(f"{self.top}/dev/{name}", stat.S_IFCHR | 0o666, os.makedev(major, minor))
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        self.ns.mount(f"{self.top}/dev", "/dev", flags=lib.MS_BIND)

    def modules_folder(self):
        """Where /lib/modules is. A machine without one gets one in this namespace; None where that is refused."""
        folder = os.path.realpath("/lib/modules")
        if not os.path.isdir(folder):
            for d in ("upper", "work"):
                os.makedirs(f"{self.top}/{d}")
            try:
                self.ns.mount(
                    "overlay",
                    os.path.dirname(folder),
                    "overlay",
                    0,
                    f"lowerdir={os.path.dirname(folder)},upperdir={self.top}/upper,workdir={self.top}/work",
                )
            except OSError:
                return None
        return folder

    def whycpu(self, *args, place=None, limit=LIMIT + 6, **more):
        """One run inside. With `place.private` even the loader avoids the system's library folders."""
        env = {**self.env, **(place.env if place else {})}
        # The driver's libraries are stand-ins here: nobody asks them.
        verb = not args or args[0] in ("check", "snapshot") or args[0].startswith("-")
        argv = [self.binary, *args, *(("--probe", "none") if verb else ())]
        if place and place.private:
            argv = self.loader + lib.PARENT + self.loader + argv
        return lib.run(
            argv,
            limit,
            {k: v for k, v in env.items() if v is not None},
            f"{self.top}/cwd",
            self.ns.enter,
            parent=not (place and place.private),
            **more,
        )

    def lookers(self):
        return self.ns.processes("whycpu-look")

    def clean(self, seconds=3):
        """Waits until no looker is left; True if so."""
        end = time.monotonic() + seconds
        while self.lookers():
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        return True


def private_loader(binary, folder):
    """The command that starts a program with libraries from `folder` only, in spite of LD_LIBRARY_PATH."""
    os.makedirs(folder)
    loader = None
    for program in (binary, lib.PARENT[0]):
        for path in re.findall(
            r"(/\S+) \(0x", subprocess.run(["ldd", program], capture_output=True, text=True).stdout
        ):
            shutil.copy(os.path.realpath(path), f"{folder}/{os.path.basename(path)}")
            if "/ld-linux" in path:
                loader = f"{folder}/{os.path.basename(path)}"
    return [loader, "--library-path", folder] if loader else []


class Place:
    """A class of path: where the dead file system is mounted, and which facts it must not take away."""

    def __init__(
        self, name, mount, rest, env=None, args=(), private=False, world="loaded", exits=(0, 3)
    ):
        self.name, self.mount, self.rest, self.env, self.args = name, mount, rest, env or {}, args
        self.private, self.world, self.exits = private, world, exits


def places(w, u):
    """`w`: world with the module loaded, `u`: without."""
    system = {"PATH": f"{os.path.dirname(BASE)}:/usr/bin:/bin"}
    arch = lib.multiarch()
    py = ("--python", f"{w.top}/venv/bin/python")
    hw = (GPU, KMOD, SYSVER)
    return [
        Place("pci", "/sys/bus/pci/devices", (KMOD, SYSVER, TORCH, CUDA)),
        Place("sys-module", "/sys/module", (GPU, TORCH, CUDA)),
        Place("proc-driver-nvidia", "/proc/driver/nvidia", (GPU, SYSVER, TORCH, CUDA)),
        Place(
            "proc-driver-nvidia-unloaded",
            "/proc/driver/nvidia",
            (GPU, TORCH),
            world="unloaded",
            exits=(1, 3),
        ),
        Place("lib-modules", u.modules, (GPU, TORCH), world="unloaded", exits=(1, 3)),
        Place("ld-library-path", f"{w.top}/ldlib", (*hw, TORCH), private=True),
        Place(
            "usr-lib",
            os.path.realpath(f"/usr/lib/{arch}"),
            (*hw, TORCH),
            # The locale's converters lie there: the program between would be caught.
            {"LD_LIBRARY_PATH": None, "LC_ALL": "C"},
            private=True,
        ),
        Place("path-folder", f"{w.top}/pathdir", hw, {"PATH": f"{w.top}/pathdir:{w.top}/venv/bin"}),
        Place("venv", f"{w.top}/venv", (*hw, CUDA)),
        Place("python-option", f"{w.top}/venv", (*hw, CUDA), args=py),
        Place("venv-lib", f"{w.top}/venv/lib", (*hw, CUDA)),
        Place("site-packages", w.site, (*hw, CUDA)),
        Place("torch-folder", f"{w.site}/torch", (*hw, CUDA)),
        Place("torch-metadata", f"{w.site}/torch-2.6.0+cu124.dist-info", (*hw, CUDA, TORCH)),
        Place("user-site", w.user, (*hw, CUDA), system),
        Place("home", f"{w.top}/home", (*hw, CUDA), system),
        Place(
            "pythonpath", f"{w.top}/pythonpath", (*hw, CUDA), {"PYTHONPATH": f"{w.top}/pythonpath"}
        ),
        # A torch.py may lie there, and what hangfs shows where it does answer may be one.
        Place("cwd", f"{w.top}/cwd", (*hw, CUDA), args=py, exits=(0, 1, 3)),
        Place("ld-so-conf-d", "/etc/ld.so.conf.d", (*hw, TORCH), {"LD_LIBRARY_PATH": None}),
        Place("run", "/run", (*hw, TORCH, CUDA)),
        Place("dev", "/dev", (*hw, TORCH, CUDA)),
        Place("proc", "/proc", (GPU, SYSVER)),
        Place("proc-and-python-option", "/proc", (GPU, SYSVER, TORCH), args=py),
    ]


def sanitized_slack():
    return 2 if lib.is_asan(sys.argv[1]) else 0


def below(path, folder):
    return isinstance(path, str) and (path == folder or path.startswith(folder.rstrip("/") + "/"))


def ended_badly(r, limit=LIMIT + 1):
    """What is wrong with how a run ended, whatever it said. A sanitized program may take longer to start and to end."""
    limit += sanitized_slack()
    bad = []
    if not r.ended:
        bad.append("had to be killed, or its output was held open")
    if r.secs > limit:
        bad.append(f"took {r.secs:.2f} s, allowed are {limit} s")
    if r.rc is None or r.rc == 70 or r.rc < 0 or r.rc >= 126:
        bad.append(f"exit status {r.rc}")
    return bad + lib.dirty(r.out) + lib.dirty(r.err)


def report_of(r, bad):
    try:
        report = json.loads(r.out)
        bad += lib.unschematic(r.out)
        return report
    except ValueError as e:
        bad.append(f"stdout is no JSON ({e}): {r.out[:200]!r}")
        return {}


def judge_hangs(report, place, caught, bad):
    """What the server swallowed is named, with state and mount; what it answered is not blamed."""
    hangs = [h for h in lib.dig(report, "facts.hangs") or [] if below(h.get("path"), place.mount)]
    lines = [s for s in report.get("not_looked_at") or [] if place.mount in s]
    if not caught:
        return bad.append(f"nothing hung, but it says so: {hangs}") if hangs else None
    if not hangs:
        bad.append(
            f"a request was never answered and no hang names it: {lib.dig(report, 'facts.hangs')}"
        )
    for h in hangs:
        # With /proc dead nobody can say which file system it is, nor in what state the process sleeps.
        if h.get("mount") != (place.mount if place.mount != "/proc" else None):
            bad.append(f"mount is {h.get('mount')!r}, not {place.mount!r}")
        states = [h.get("state"), h.get("state_after_kill")]
        if place.mount != "/proc" and not any(str(s).startswith("D") for s in states):
            bad.append(f"states {states}, none is D")
    if not lines:
        bad.append(f"not_looked_at does not name {place.mount}: {report.get('not_looked_at')}")
    return None


def hang_case(tap, worlds, place, op, kind):
    """True if the server swallowed a request: then the case was worth its time."""
    w = worlds[place.world]
    with lib.Server(w.ns, "hangfs.py", place.mount, op, "60", kind) as server:
        r = w.whycpu("check", "--timeout", str(LIMIT), "--json", *place.args, place=place)
        caught = server.caught()
        left = len(w.lookers())
    bad = ended_badly(r)
    # What hangfs shows where it does answer is no environment: without a hang, any honest answer will do.
    exits = place.exits if caught else (0, 1, 2, 3)
    report = report_of(r, bad) if r.rc != 2 else {}
    if report:
        judge_hangs(report, place, caught, bad)
        for path in place.rest:
            got = lib.dig(report, f"facts.{path}")
            if place.world == "loaded" and got != EXPECT[path] or got is None:
                bad.append(f"{path} is {got!r} though it lies elsewhere")
    if r.rc not in exits:
        bad.append(f"exit {r.rc}, expected one of {exits}: {report.get('diagnosis')}")
    # With /proc dead the second looker is caught when it wants to look at the first.
    if left > (1 if place.mount != "/proc" else 2):
        bad.append(f"{left} lookers were left behind")
    if not w.clean():
        bad.append("a looker lives on though every request was released")
    bad += [str(r)] if bad else []
    tap.check(f"hang {place.name} {op} {kind}{'' if caught else ' (not reached)'}", bad)
    return caught


def matrix(tap, worlds, opts):
    """Every place once first, with an op that bites; then the rest in random order as long as the time lasts."""
    every = places(worlds["loaded"], worlds["unloaded"])
    for place in every:
        if not place.mount:
            tap.skip(
                f"hang {place.name}", "this machine has no such folder, and none can be made here"
            )
    cases = [(p, op, kind) for p in every if p.mount for op in OPS for kind in KINDS]
    if opts.only:
        want = (opts.only + "::").split(":")[:3]
        cases = [
            c for c in cases if all(not x or x == y for x, y in zip(want, (c[0].name, c[1], c[2])))
        ]
    elif not opts.all:
        random.Random(opts.seed).shuffle(cases)
        first = {}
        for c in cases:
            if c[1] in ("lookup", "open", "readdir") or c[0].name not in first:
                first.setdefault(c[0].name, c)
        cases = list(first.values()) + [c for c in cases if c not in first.values()]
    share = MATRIX_SECONDS_ASAN if opts.asan else MATRIX_SECONDS
    end = time.monotonic() + (share if not opts.all else WALL_SECONDS_ALL)
    done = reached = 0
    for place, op, kind in cases:
        if time.monotonic() > end:
            break
        if (
            opts.asan
            and place.mount in ("/proc", "/etc")
            or place.private
            and not worlds["loaded"].loader
        ):
            tap.skip(f"hang {place.name} {op} {kind}", "a sanitizer's own start reads that place")
            continue
        reached += hang_case(tap, worlds, place, op, kind)
        done += 1
    print(f"# matrix: {done} of {len(cases)} cases, {reached} reached the dead file system")


def healthy(tap, w):
    """Without a hang this machine is sound: otherwise nothing below proves anything."""
    bad = []
    r = w.whycpu("check", "--timeout", str(LIMIT), "--json")
    report = report_of(r, bad)
    for path, value in EXPECT.items():
        got = lib.dig(report, f"facts.{path}")
        if got != value:
            bad.append(f"{path} is {got!r}, not {value!r}")
    if (report.get("answer"), r.rc) != ("uses-gpu", 0) or lib.dig(report, "facts.hangs"):
        bad.append(
            f"answer {report.get('answer')}, exit {r.rc}, hangs {lib.dig(report, 'facts.hangs')}"
        )
    if not w.clean(1):
        bad.append("a looker is left though nothing hung")
    tap.check(
        "healthy machine: uses-gpu, exit 0, no hang, no process left",
        bad + ([str(r)] if bad else []),
    )


def listing(*folders):
    """Names, sizes and times below these folders."""
    out = []
    for top in folders:
        for d, dirs, files in os.walk(top):
            for name in sorted(dirs + files):
                s = os.lstat(os.path.join(d, name))
                out.append((d, name, s.st_size, s.st_mtime_ns))
    return out


def inodes_of(fds):
    return {(s.st_dev, s.st_ino) for s in map(os.fstat, fds)}


def unwrapped(screen):
    """A long path is broken into lines on a screen."""
    return "".join(screen.decode("utf-8", "replace").split())


def looker_problems(pid, ours):
    """No descriptor of the caller, cwd /, own process group."""
    bad = []
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            s = os.stat(f"/proc/{pid}/fd/{fd}")
        except OSError:
            continue
        if (s.st_dev, s.st_ino) in ours:
            bad.append(f"descriptor {fd} is the caller's {os.readlink(f'/proc/{pid}/fd/{fd}')}")
    if os.readlink(f"/proc/{pid}/cwd") != "/":
        bad.append("cwd is " + os.readlink(f"/proc/{pid}/cwd"))
    if os.getpgid(pid) != pid and os.getpgid(pid) == os.getpgrp():
        bad.append("it is in the caller's process group")
    return bad


def twenty_runs(tap, w, place, op, text):
    """A wedged mount, run after run: one process at most, and the last answer is quick and says since when."""
    bad = []
    watched = [f"{w.top}/{d}" for d in ("home", "cwd", "tmp")]
    before = listing(*watched)
    pipe = os.pipe()
    caller = os.open(f"{w.top}/cwd", os.O_RDONLY)
    for fd in (*pipe, caller):
        os.set_inheritable(fd, True)
    with lib.Server(w.ns, "hangfs.py", place.mount, op, "100", "dir") as server:
        start, times, pids = time.time(), [], set()
        for i in range(20):
            r = w.whycpu("check", "--timeout", str(LIMIT), "--json", place=place)
            bad += [f"run {i + 1}: {x}" for x in ended_badly(r)]
            times.append(r.secs)
            left = w.lookers()
            pids |= set(left)
            if len(left) > 1:
                bad.append(f"run {i + 1}: {len(left)} lookers")
        if not server.caught():
            bad.append("the mount was never asked")
        for pid in w.lookers():
            bad += looker_problems(pid, inodes_of([*pipe, caller]))
        last = w.whycpu("check", "--timeout", str(LIMIT), "--json", place=place)
        shown = w.whycpu("check", "--timeout", str(LIMIT), place=place)
        bad += ended_badly(last, 0.5) + ended_badly(shown)
    hangs = [
        h
        for h in lib.dig(report_of(last, bad), "facts.hangs") or []
        if below(h.get("path"), place.mount)
    ]
    since = hangs[0].get("since") if hangs else None
    if not isinstance(since, int) or not start - 2 <= since <= start + 4:
        bad.append(f"run 21: since is {since!r}, it hangs since {int(start)}: {hangs}")
    if hangs and len(pids) == 1 and hangs[0].get("pid") not in pids:
        bad.append(f"run 21: pid {hangs[0].get('pid')} is not the looker that is stuck, {pids}")
    if place.mount not in unwrapped(shown.out) or b"since" not in shown.out:
        bad.append(
            f"the screen does not name the place or since when: {shown.out.decode('utf-8', 'replace')}"
        )
    if listing(*watched) != before:
        bad.append("something was written to HOME, the working directory or TMPDIR")
    for fd in (*pipe, caller):
        os.close(fd)
    if not w.clean():
        bad.append("a looker lives on though every request was released")
    bad += [f"times {' '.join(f'{t:.2f}' for t in times)}"] if bad else []
    tap.check(f"20 runs against {text}, then a 21st", bad)


def root_hangs(tap, w):
    """A dead --root is told in one line; a dead -o does not hold the run and loses nothing."""
    for op in ("lookup", "readdir", "opendir", "getattr"):
        with lib.Server(w.ns, "hangfs.py", f"{w.top}/tree", op, "60", "dir") as server:
            r = w.whycpu("check", "--timeout", str(LIMIT), "--json", "--root", f"{w.top}/tree")
            caught = server.caught()
            left = len(w.lookers())
        bad = ended_badly(r)
        if caught and r.rc != 3:
            bad.append(f"exit {r.rc}, expected 3")
        if left > 1:
            bad.append(f"{left} lookers")
        if caught and f"{w.top}/tree".encode() not in r.out + r.err:
            bad.append("the root is not named")
        if not w.clean():
            bad.append("a looker lives on")
        tap.check(
            f"--root on a dead file system, {op}{'' if caught else ' (not reached)'}",
            bad + ([str(r)] if bad else []),
        )
    with lib.Server(w.ns, "hangfs.py", f"{w.top}/tree", "lookup", "60", "dir"):
        r = w.whycpu("snapshot", "--timeout", str(LIMIT), "-o", f"{w.top}/tree/new")
        bad = ended_badly(r, 2 * LIMIT + 1)
        if r.rc not in (2, 3):
            bad.append(f"exit {r.rc}, expected 2 or 3")
        if f"{w.top}/tree".encode() not in r.err:
            bad.append("stderr does not name the place")
    if not w.clean():
        bad.append("a looker lives on")
    tap.check("snapshot -o on a dead file system", bad + ([str(r)] if bad else []))


def through_cat(tap, w, place):
    """`whycpu | cat`: the pipe closes although a looker of it sleeps for ever."""
    for fmt in ("text", "json"):
        with lib.Server(w.ns, "hangfs.py", place.mount, "lookup", "60", "dir"):
            r = lib.run(
                ["/bin/sh", "-c", f"{w.binary} check --timeout {LIMIT} --format {fmt} 2>&1 | cat"],
                LIMIT + 6,
                w.env,
                f"{w.top}/cwd",
                w.ns.enter,
            )
        bad = ended_badly(r)
        if place.mount not in unwrapped(r.out):
            bad.append(f"the place is not named: {r.out.decode('utf-8', 'replace')}")
        if not w.clean():
            bad.append("a looker lives on")
        tap.check(f"| cat with {place.name} dead, {fmt}", bad)


# A Python whose mmap lock is held for ever: whoever reads its cmdline or environ sleeps in D.
LOCKED = """
import ctypes, mmap, os, sys, threading, time
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
fd = os.open(sys.argv[1], os.O_RDWR)
def holder():
    p = libc.mmap(None, 4096, 3, 1, fd, 0)
    ctypes.memset(p, 1, 100)
    libc.munmap(p, 4096)
def writer():
    time.sleep(0.4)
    libc.mmap(None, 4096, 1, 0x22, -1, 0)
for f in (holder, writer):
    threading.Thread(target=f).start()
"""


def locked_parent(tap, w):
    """Its /proc files hang one by one; all other of /proc must still be read."""
    with lib.Server(w.ns, "hangfs.py", f"{w.top}/tree", "write", "60", "file") as server:
        # The shell becomes the Python; its child waits, and becomes whycpu whose parent is that Python.
        script = (
            f'(sleep 1.2; exec "{w.binary}" check --timeout {LIMIT} --json) & '
            f'exec "{w.top}/venv/bin/python" -c "$1" "{w.top}/tree/f" >/dev/null'
        )
        start = time.monotonic()
        p = subprocess.Popen(
            ["/bin/sh", "-c", script, "sh", LOCKED],
            env=w.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=w.ns.enter,
            start_new_session=True,
            cwd="/",
        )
        bad, out = [], b""
        os.set_blocking(p.stdout.fileno(), False)
        while time.monotonic() < start + 1.2 + LIMIT + 1.5 and not out.rstrip().endswith(b"}"):
            time.sleep(0.02)
            out += p.stdout.read() or b""
        secs = time.monotonic() - start - 1.2
        caught = server.caught()
        stuck = reads_hang(p.pid)
        lib.kill_group(p.pid)
    p.communicate(timeout=5)
    r = lib.Result(0, out, b"", secs, bool(out))
    bad += ended_badly(r)
    report = report_of(r, bad)
    for path in (GPU, KMOD, SYSVER, "kmod.proc_version.v"):
        if lib.dig(report, f"facts.{path}") is None:
            bad.append(f"{path} is missing: one process must not take all of /proc away")
    for h in lib.dig(report, "facts.hangs") or []:
        if h.get("path") != "/proc" and not below(h.get("path"), f"/proc/{p.pid}"):
            bad.append(f"blames {h.get('path')}")
    if report.get("answer") == "cannot-use-gpu":
        bad.append(f"claims {report.get('diagnosis')}")
    if not w.clean():
        bad.append("a looker lives on")
    if not (caught and stuck):
        tap.skip("parent Python with a held mmap lock", "the lock could not be held on this kernel")
    else:
        tap.check(
            "parent Python with a held mmap lock",
            bad + ([str(r), lib.dig(report, "facts.hangs")] if bad else []),
        )


def reads_hang(pid):
    """Does a read of /proc/PID/cmdline hang? Asked by a child, as it does not come back."""
    p = subprocess.Popen(
        ["/bin/cat", f"/proc/{pid}/cmdline"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        p.wait(0.3)
        return False
    except subprocess.TimeoutExpired:
        p.kill()  # ends when the server does
        return True


def slow_mount(tap, w):
    """20 to 200 ms for every answer of the file system that holds torch, and of one that holds the whole venv: in all
    well below the limit, or the test would measure how many files are looked at."""
    site = w.site
    for name, mount, low, high, limit in (
        ("torch's folder", f"{site}/torch", 100, 200, 15),
        ("site-packages", site, 40, 100, 15),
        ("the venv", f"{w.top}/venv", 20, 30, 15),
    ):
        back = f"{w.top}/back"
        shutil.copytree(mount, back, symlinks=True)
        with lib.Server(w.ns, "slowfs.py", mount, back, "60", str(low), str(high)):
            r = w.whycpu("check", "--timeout", str(limit), "--json", limit=limit + 5)
        shutil.rmtree(back)
        bad = ended_badly(r, limit + 1)
        report = report_of(r, bad)
        if lib.dig(report, "facts.hangs"):
            bad.append(f"a slow place is called hung: {report['facts']['hangs']}")
        if report.get("answer") != "uses-gpu" or r.rc != 0:
            bad.append(f"answer {report.get('answer')}, exit {r.rc}: {report.get('not_looked_at')}")
        tap.check(
            f"slow but living mount on {name}, {low}-{high} ms an answer: took {r.secs:.1f} s", bad
        )
    back = f"{w.top}/back"
    shutil.copytree(site, back, symlinks=True)
    with lib.Server(w.ns, "slowfs.py", site, back, "60", "250", "350"):
        r = w.whycpu("check", "--timeout", "1", "--json")
    shutil.rmtree(back)
    bad = ended_badly(r, 2)
    report = report_of(r, bad)
    if r.rc == 1:
        bad.append(f"claims {report.get('diagnosis')} where time ran out")
    tap.check("slow mount, and a limit too short for it: ends, and claims nothing", bad)


def busy_machine(tap, w):
    """16 endless loops beside."""
    loops = [subprocess.Popen(["/bin/sh", "-c", "while :; do :; done"]) for _ in range(16)]
    bad = []
    try:
        for i in range(20):
            r = w.whycpu("check", "--timeout", str(LIMIT), "--json")
            bad += [f"run {i + 1}: {x}" for x in ended_badly(r)]
            report = report_of(r, bad)
            if lib.dig(report, "facts.hangs") or report.get("answer") != "uses-gpu":
                bad.append(f"run {i + 1}: {report.get('answer')}, {lib.dig(report, 'facts.hangs')}")
    finally:
        for p in loops:
            p.kill()
            p.wait()
    tap.check("20 runs beside 16 busy loops: no false hang", bad)


def start_slow(w, server_args, limit):
    """A run that lasts long enough to be met: (server, process, pid of its looker)."""
    server = lib.Server(w.ns, "slowfs.py", w.site, *server_args)
    p = subprocess.Popen(
        [
            w.binary,
            "check",
            "--probe",
            "none",
            "--json",
            "--timeout",
            str(limit),
            "--python",
            f"{w.top}/venv/bin/python",
        ],
        env=w.env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=w.ns.enter,
        cwd="/",
        start_new_session=True,
    )
    end = time.monotonic() + 2
    while not w.lookers() and time.monotonic() < end:
        time.sleep(0.005)
    return server, p, (w.lookers() or [None])[0]


def finish(p, start, limit):
    ended = True
    try:
        out, err = p.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        ended = False
        p.kill()
        out, err = p.communicate()
    return lib.Result(p.returncode, out, err, time.monotonic() - start, ended)


def signal_if(pid, sig):
    try:
        os.kill(pid, sig)
    except ProcessLookupError:
        pass


def stopped(tap, w):
    """SIGSTOP for the looker, for main, for both; SIGKILL for the looker, for main."""
    back, limit = f"{w.top}/back", 4
    shutil.copytree(w.site, back, symlinks=True)
    for who, pause in (
        ("looker", None),
        ("main", 2.5),
        ("both", limit + 0.5),
        ("looker killed", None),
        ("main killed", None),
    ):
        server, p, looker = start_slow(w, (back, "60", "20", "40"), limit)
        bad, start = [], time.monotonic()
        with server:
            time.sleep(0.15)
            if looker is None:
                bad.append("no looker was seen: nothing was tried")
                looker = p.pid
            if p.poll() is not None:
                bad.append("it had ended before: nothing was tried")
            sig = signal.SIGKILL if "killed" in who else signal.SIGSTOP
            hit = [p.pid] * (who in ("main", "both", "main killed")) + [looker] * (
                who != "main" and who != "main killed"
            )
            for pid in hit:
                signal_if(pid, sig)
            if pause:
                time.sleep(pause)
                # Main wakes first, and finds a clock that is far ahead and a looker that has not moved.
                for pid in hit:
                    signal_if(pid, signal.SIGCONT)
                    time.sleep(0.05)
            r = finish(p, start, limit + 1 + (pause or 0))
            if not w.clean(1):
                bad.append("a looker is left")
        if who == "main killed":
            tap.check("SIGKILL for main: its looker goes with it", bad)
            continue
        bad += ended_badly(r, limit + 1 + (pause or 0))
        report = report_of(r, bad)
        if r.rc not in (0, 3):
            bad.append(f"exit {r.rc}: {report.get('diagnosis')}")
        if pause and (lib.dig(report, "facts.hangs") or report.get("answer") != "uses-gpu"):
            bad.append(
                f"a pause is no hang: {report.get('answer')}, {lib.dig(report, 'facts.hangs')}"
            )
        what = "SIGKILL for the looker" if sig == signal.SIGKILL else f"SIGSTOP for {who}"
        tap.check(f"{what}: ends, no false claim", bad + ([str(r)] if bad else []))
    shutil.rmtree(back)


PATH_CALLS = (
    "open,openat,openat2,creat,stat,lstat,newfstatat,statx,readlink,readlinkat,access,faccessat,faccessat2,"
    "chdir,statfs,execve,connect,getxattr,lgetxattr,inotify_add_watch,name_to_handle_at,getdents64"
)


def main_touches_nothing(tap, w, opts):
    """What a dead place can catch is a process that asks for it: main must not ask for any path at all."""
    if opts.asan or not shutil.which("strace"):
        return tap.skip(
            "main touches no path", "a sanitizer reads files" if opts.asan else "strace is missing"
        )
    for args in (
        ("check",),
        ("check", "--json"),
        ("check", "--root", f"{w.top}/tree"),
        ("snapshot", "-o", f"{w.top}/snap"),
    ):
        log = f"{w.top}/strace"
        env = {k: v for k, v in w.env.items() if k != "LD_LIBRARY_PATH"}
        lib.run(
            ["strace", "-o", log, "-e", f"trace={PATH_CALLS}", w.binary, *args],
            20,
            env,
            f"{w.top}/cwd",
            w.ns.enter,
        )
        with open(log, errors="replace") as f:
            calls = [line for line in f if re.match(r"\w+\(", line)]
        loader = re.compile(
            r'execve\(|.*"/etc/ld\.so\.(cache|preload|nohwcap)"|.*"[^"]*/lib[^"]*\.so[.0-9]*"|.*\d, "", |.*glibc-hwcaps'
        )
        bad = [line.strip() for line in calls if not loader.match(line)]
        tap.check(
            f"main touches no path: {' '.join(args[:2])}", bad if calls else ["strace saw nothing"]
        )
    shutil.rmtree(f"{w.top}/snap", ignore_errors=True)
    return None


class Options:
    def __init__(self, argv):
        self.binary = os.path.abspath(argv[1])
        self.all = "--all" in argv
        self.seed = int(argv[argv.index("--seed") + 1]) if "--seed" in argv else int(time.time())
        self.only = argv[argv.index("--only") + 1] if "--only" in argv else None
        self.asan = lib.is_asan(self.binary)


def one_at_a_time(seconds=120):
    """Two of these at once on one machine would see each other's lookers. Held until this process ends."""
    import socket

    s = socket.socket(socket.AF_UNIX)
    end = time.monotonic() + seconds
    while True:
        try:
            s.bind(LOCK)
            return s
        except OSError:
            if time.monotonic() > end:
                return None
            time.sleep(0.5)


def everything(tap, top, opts):
    worlds = {
        "loaded": World(f"{top}/w", opts.binary),
        "unloaded": World(f"{top}/u", opts.binary, loaded=False),
    }
    w = worlds["loaded"]
    by_name = {p.name: p for p in places(w, worlds["unloaded"])}
    healthy(tap, w)
    if not opts.only:
        main_touches_nothing(tap, w, opts)
        twenty_runs(tap, w, by_name["site-packages"], "lookup", "a dead site-packages")
        twenty_runs(tap, w, by_name["pci"], "readdir", "a dead /sys/bus/pci/devices")
        through_cat(tap, w, by_name["torch-folder"])
        through_cat(tap, w, by_name["pci"])
        root_hangs(tap, w)
        locked_parent(tap, w)
        busy_machine(tap, w)
    # What follows waits for clocks, not for the program: a sanitizer sees nothing new there.
    if not opts.only and not opts.asan:
        slow_mount(tap, w)
        stopped(tap, w)
    matrix(tap, worlds, opts)
    for world in worlds.values():
        tap.check("no sanitizer report", lib.sanitizer_reports(f"{world.top}/san"))


def main():
    tap = lib.Tap()
    opts = Options(sys.argv)
    reason = lib.why_no_fuse()
    if reason:
        tap.skip("hangs", reason)
        return tap.done()
    lock = one_at_a_time()
    if not lock:
        tap.skip("hangs", "another run of this test holds the machine")
        return tap.done()
    print(f"# seed {opts.seed}")
    signal.signal(
        signal.SIGALRM,
        lambda *_: (_ for _ in ()).throw(TimeoutError("the whole test took too long")),
    )
    signal.alarm(WALL_SECONDS_ALL + 300 if opts.all else WALL_SECONDS)
    top = tempfile.mkdtemp(prefix="whycpu-hang-")
    os.chmod(top, 0o755)
    try:
        everything(tap, top, opts)
    except TimeoutError as e:
        tap.check("the whole test ends in time", [str(e)])
    finally:
        signal.alarm(0)
        shutil.rmtree(top, ignore_errors=True)
    return tap.done()


sys.exit(main())
