#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hostile-root.py WHYCPU [--all] [--seed N] : a folder for --root that wants out, wants to block, wants the terminal.
Takes a healthy machine as a plain tree, replaces each place that is read by each of the kinds of trap (links out,
loops, FIFO, devices, sockets, 1 GB, 10,000 names, escape sequences, invalid UTF-8 ...), then a case folder with
hostile root.meta, env, root.elf and probes. Each run must end at once, small, with an honest exit status and clean
output; strace shows what was opened. What it must not read carries the word OUTSIDE.
Prints TAP; the replacements run for 10 s in an order that the seed gives, all of them with --all.
"""

import errno
import json
import os
import random
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import attacklib as lib  # noqa: E402

# Memory: every trap at once in every folder that is listed, some fifteen lists of 20,000 names. A plain machine needs 5 MB.
SECONDS, RSS_KIB, MATRIX_SECONDS, WALL_SECONDS = 2, 96 * 1024, 10, 400
ARCH = lib.multiarch() or "x86_64-linux-gnu"
SITE = f"opt/venv/lib/{lib.PY}/site-packages"
INFO = f"{SITE}/torch-2.6.0+cu124.dist-info"
GPU = "sys/bus/pci/devices/0000:01:00.0"
# Files whose content decides: what cannot be read in their place is unknown, and nothing is broken by that.
LEAVES = (
    f"{SITE}/torch/version.py",
    f"{GPU}/vendor",
    f"{GPU}/class",
    "sys/module/nvidia/version",
    "proc/driver/nvidia/version",
)
POINTS = LEAVES + (
    "sys",
    "sys/bus/pci/devices",
    GPU,
    f"{GPU}/device",
    f"{GPU}/driver",
    "sys/module",
    "sys/module/nvidia",
    "proc",
    "proc/driver",
    "proc/driver/nvidia",
    "proc/version",
    "proc/sys/kernel/osrelease",
    "proc/self/status",
    "dev",
    "etc",
    "etc/ld.so.conf",
    "etc/ld.so.conf.d",
    "etc/ld.so.conf.d/arch.conf",
    "etc/ld.so.cache",
    "etc/debian_version",
    "lib",
    "usr/lib",
    f"usr/lib/{ARCH}",
    f"usr/lib/{ARCH}/libcuda.so.1",
    f"usr/lib/{ARCH}/libcuda.so.550.54.15",
    "usr/lib/modules",
    "usr/lib/modules/6.1.0-18-amd64",
    "usr/lib/modules/6.1.0-18-amd64/modules.dep",
    "usr/bin",
    f"usr/bin/{lib.PY}",
    "usr/bin/python3",
    f"usr/lib/{lib.PY}",
    f"usr/lib/{lib.PY}/lib-dynload",
    "opt/venv",
    "opt/venv/pyvenv.cfg",
    "opt/venv/bin",
    "opt/venv/bin/python",
    "opt/venv/lib",
    SITE,
    f"{SITE}/torch",
    f"{SITE}/torch/__init__.py",
    f"{SITE}/torch/lib",
    INFO,
    f"{INFO}/METADATA",
    f"{INFO}/INSTALLER",
    f"{INFO}/RECORD",
    f"{SITE}/x.pth",
    f"{SITE}/torch.py",
    ".dockerenv",
    "run",
    "root.elf",
    "env",
    "root",
    "probes",
)
EVIL = [
    b"a\x1b[2J\x1b]0;owned\x07",
    b"bell\x07",
    b"c1\xc2\x9b31m",
    b"rtl\xe2\x80\xaetxt.exe",
    b"iso\xe2\x81\xa6x",
    b"bad\xff\xfe\xc3",
    b"two\nlines",
    b"cr\rX",
    b"tab\tX",
    b"del\x7f",
    b"\\x1b[31m",
    b"x" * 250,
    b"-rf",
    b" ",
    b"...",
    b"$(reboot)",
    b"`id`",
    b"%s%n%n",
    b"\xed\xa0\x80sur",
    b"\xf4\x90\x80\x80big",
    b"\xc0\xafover",
    b"\"quote'",
]


# The traps. Each makes `path` (bytes or text) in a folder that exists.


def text_trap(text):
    def make(path, _outside):
        with open(path, "wb") as f:
            f.write(text)

    return make


def link_trap(target):
    def make(path, outside):
        os.symlink(target.replace("OUT", outside), path)

    return make


def loop_of_two(path, _outside):
    os.symlink(os.path.basename(path) + "-other", path)
    os.symlink(os.path.basename(path), path + "-other")


def long_chain(path, _outside):
    for i in range(60):
        os.symlink(f"{os.path.basename(path)}-{i + 1}", f"{path}-{i}" if i else path)


def sparse(path, _outside):
    with open(path, "wb") as f:
        f.truncate(1 << 30)


def bound_socket(path, _outside):
    here = os.getcwd()
    os.chdir(os.path.dirname(path))  # sun_path is short
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(os.path.basename(path)[:100])
    finally:
        os.chdir(here)


def device(kind, major, minor):
    return lambda path, _outside: os.mknod(path, kind | 0o666, os.makedev(major, minor))


def many_names(path, _outside):
    os.mkdir(path)
    for i in range(10000):
        os.close(os.open(f"{path}/libcuda.so.{i}", os.O_CREAT | os.O_WRONLY))


def evil_names(path, _outside):
    os.mkdir(path)
    for name in EVIL:
        full = os.path.join(os.fsencode(path), name)
        os.mkdir(full)
        for leaf in (b"vendor", b"class", b"device", b"version", b"METADATA"):
            with open(os.path.join(full, leaf), "wb") as f:
                f.write(name)


def deep(path, _outside):
    os.mkdir(path)
    fd = os.open(path, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d" * 200, dir_fd=fd)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    os.close(fd)


def unreadable(path, _outside):
    with open(path, "wb") as f:
        f.write(b"x")
    os.chmod(path, 0)


FILE_TRAPS = {
    "fifo": lambda path, _outside: os.mkfifo(path),
    "socket": bound_socket,
    "zero device": device(stat.S_IFCHR, 1, 5),
    "tty device": device(stat.S_IFCHR, 5, 0),
    "block device": device(stat.S_IFBLK, 7, 99),
    "1 GB": sparse,
    "folder": lambda path, _outside: os.mkdir(path),
    "loop": link_trap("."),
    "loop of two": loop_of_two,
    "chain of 60 links": long_chain,
}
NAMED_TRAPS = ("loop of two", "chain of 60 links")
TRAPS = {
    **FILE_TRAPS,
    "absolute link out": link_trap("OUT/file"),
    "absolute link to a folder out": link_trap("OUT/folder"),
    "relative link out": link_trap("../" * 40 + "OUT/file"),
    "relative link to a folder out": link_trap("../" * 40 + "OUT/folder"),
    "magic link": link_trap("/proc/self/rootOUT/folder"),
    "magic cwd": link_trap("/proc/self/cwd"),
    "link to /dev/zero": link_trap("/dev/zero"),
    "link to /etc/passwd": link_trap("/etc/passwd"),
    "link to /": link_trap("/"),
    "link with escapes": link_trap("\x1b]0;owned\x07\u202e\u009b/\n"),
    "link of 4000": link_trap("a/" * 2000),
    "10,000 names": many_names,
    "evil names": evil_names,
    "300 folders deep": deep,
    "unreadable": unreadable,
    "empty": text_trap(b""),
    "escapes": text_trap(
        b"\x1b[2J\x1b]0;owned\x07\n\xc2\x9b31m\xe2\x80\xae = '\x1b[31m\x07'\n" * 5
    ),
    "evil assignments": text_trap(
        b"\n".join(
            b"__version__ = '2.6.0+%s'\ncuda = '12.%s'\nhome = /%s" % (e, e, e) for e in EVIL
        )
    ),
    "evil driver": text_trap(
        b"NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.\x1b[31m\xc2\x9b\xe2\x80\xae  Tue\n"
    ),
    "evil number": text_trap(b"0x10de\x1b]0;owned\x07\xe2\x80\xae\n"),
    "not UTF-8": text_trap(bytes(range(128, 256)) * 20),
    "every byte": text_trap(bytes(range(256)) * 20),
    "NULs": text_trap(b"\0" * 70000),
    "one line of 1 MB": text_trap(b"A" * (1 << 20)),
    "100,000 lines": text_trap(b"cuda = '12.4'\n" * 100000),
    "include of itself": text_trap(
        b"include /etc/ld.so.conf\ninclude /etc/ld.so.conf.d/*\ninclude /*/*/*/*/*\n" * 50
    ),
    "brackets": text_trap(b"[" * 100000),
    "home of itself": text_trap(
        b"home = /opt/venv/bin\nhome = /opt/venv\nversion = 99999999999999999999.1\n"
    ),
    "import hook": text_trap(
        b"import os; os.system('id')\n../../../../../../etc\n/proc/self/root/etc\n\x1b[31m\n"
    ),
}


def build_traps(folder, outside):
    """Each trap is made once and then moved from place to place; {name: path}. Devices need root."""
    made = {}
    os.makedirs(folder)
    for i, (name, trap) in enumerate(TRAPS.items()):
        path = f"{folder}/{i}"
        try:
            trap(path, outside)
            made[name] = path
        except OSError as e:
            if e.errno not in (errno.EPERM, errno.EACCES):
                raise
    return made


def replace(tree, point, name, made, outside):
    """Puts a trap in the place of `point`; returns what undoes it, None where that trap cannot be made."""
    full, aside = os.path.join(tree, point), f"{tree}.aside"
    fresh = name in NAMED_TRAPS  # these hold their own name
    if not fresh and name not in made:
        return None
    os.makedirs(os.path.dirname(full), exist_ok=True)
    before = set(os.listdir(os.path.dirname(full)))
    had = os.path.lexists(full)
    if had:
        os.rename(full, aside)
    if fresh:
        TRAPS[name](full, outside)
    else:
        os.rename(made[name], full)

    def undo():
        if not fresh:
            os.rename(full, made[name])
        for new in set(os.listdir(os.path.dirname(full))) - before | (
            {os.path.basename(full)} if fresh else set()
        ):
            os.unlink(os.path.join(os.path.dirname(full), new))
        if had:
            os.rename(aside, full)

    return undo


class Judge:
    """One run of check on a folder, and what must hold whatever is in it."""

    def __init__(self, binary, top):
        self.binary, self.top, self.asan = binary, top, lib.is_asan(binary)
        self.seconds = SECONDS * (4 if self.asan else 1)
        self.env = {
            "PATH": "/opt/venv/bin:/usr/bin",
            "HOME": "/home/ana",
            "LANG": "C.UTF-8",
            **lib.sanitizer_env(f"{top}/san"),
        }
        self.runs = 0

    def argv(self, folder, *args):
        return [self.binary, "check", "--root", folder, *args]

    def run(self, folder, *args, pre=None):
        """(problems, report or None, exit status)"""
        r = lib.run(self.argv(folder, *args), 15, self.env, pre=pre)
        self.runs += 1
        bad = lib.dirty(r.out, "always" in args) + lib.dirty(r.err, "always" in args)
        if not r.ended or r.secs > self.seconds:
            bad.append("blocked" if not r.ended else f"took {r.secs:.2f} s")
        if r.rc not in (0, 1, 2, 3):
            bad.append(f"exit status {r.rc}")
        if b"OUTSIDE" in r.out + r.err or b"root:x:0:0" in r.out:
            bad.append("read what lies outside the root")
        report = None
        if "--json" in args and r.rc in (0, 1, 3):
            try:
                report = json.loads(r.out)
                bad += lib.unschematic(r.out)
            except ValueError as e:
                bad.append(f"no JSON: {e}")
        if r.rc == 2 and (r.out or r.err.count(b"\n") != 1):
            bad.append("exit 2 is for one line on stderr and nothing on stdout")
        return bad + ([str(r)] if bad else []), report, r.rc

    def both(self, folder, *args):
        bad, report, rc = self.run(folder, "--json", *args)
        more, _, rc_text = self.run(folder, "-v", *args)
        if rc != rc_text:
            more.append(f"exit {rc} as JSON, {rc_text} as text")
        return bad + more, report, rc


def replacements(tap, judge, tree, made, outside, opts):
    """Each place by each trap, one line of TAP for a place."""
    pairs = [(p, t) for p in POINTS for t in TRAPS]
    random.Random(opts["seed"]).shuffle(pairs)
    end = time.monotonic() + (MATRIX_SECONDS if not opts["all"] else 3600)
    bad, done = {p: [] for p in POINTS}, 0
    for point, name in pairs:
        if time.monotonic() > end:
            break
        undo = replace(tree, point, name, made, outside)
        if not undo:
            continue
        try:
            args = () if done % 3 == 2 else ("--python", "/opt/venv/bin/python")
            found, report, rc = judge.both(tree, *args)
            if point in LEAVES and name in FILE_TRAPS and rc == 1:
                found.append(
                    f"claims {report and report.get('diagnosis')} from what it could not read"
                )
        finally:
            undo()
        done += 1
        bad[point] += [f"{name} ({' '.join(args) or 'no --python'}): {x}" for x in found]
    for point in POINTS:
        tap.check(f"traps in the place of {point}", bad[point])
    print(f"# {done} of {len(pairs)} replacements, {judge.runs} runs")


def healthy(tap, judge, folder, name, answer=("uses-gpu", 0)):
    """A plain tree has no environment: CUDA_VISIBLE_DEVICES is not known there, all else is."""
    bad, report, rc = judge.both(folder, "--python", "/opt/venv/bin/python")
    for path, value in (("torch.version.v", "2.6.0+cu124"), ("kmod.proc_version.v", "550.54.15")):
        if lib.dig(report, f"facts.{path}") != value:
            bad.append(f"{path} is {lib.dig(report, f'facts.{path}')!r}")
    if not report or (report.get("answer"), rc) != answer:
        bad.append(
            f"exit {rc}, answer {report and report.get('answer')}: {report and report.get('not_looked_at')}, "
            f"{report and [f['id'] for f in report['findings']]}"
        )
    tap.check(f"the {name} without traps is sound", bad)


def master(tree, outside):
    """All traps at once beside the healthy machine; returns how many entries are hostile."""
    count = 0
    folders = (
        "sys/bus/pci/devices",
        "sys/module",
        "etc/ld.so.conf.d",
        f"usr/lib/{ARCH}",
        SITE,
        "usr/lib/modules",
        "opt/venv/bin",
        "usr/bin",
        "var/lib/dkms",
    )
    for folder in folders:
        os.makedirs(f"{tree}/{folder}", exist_ok=True)
        for i, (name, trap) in enumerate(sorted(TRAPS.items())):
            if name in ("10,000 names", "300 folders deep") and folder != "sys/bus/pci/devices":
                continue  # these take long to make and to remove
            for suffix in {
                "etc/ld.so.conf.d": (".conf",),
                SITE: (".pth", ".dist-info"),
                f"usr/lib/{ARCH}": (".so.1",),
            }.get(folder, ("",)):
                try:
                    trap(f"{tree}/{folder}/t{i}{suffix}", outside)
                    count += 1
                except OSError:
                    pass
        for name in EVIL:
            os.makedirs(os.path.join(os.fsencode(f"{tree}/{folder}"), name), exist_ok=True)
            count += 1
    return count


# strace: what was really opened.

LINE = re.compile(r"(?P<call>\w+)\((?P<args>.*)\)\s+= (?P<ret>-?\d+)(?P<fdpath><[^\n]*?>)?(\s|$)")
ALLOWED_PROC = re.compile(r"/proc/self/fd/\d+$")


def strace_problems(folder, files, libraries, top):
    """Reads strace -ff -y files: every opened path lies in `folder`, and nothing there that blocks was opened."""
    bad = []

    def within(path):
        return path == folder or path.startswith(folder + "/")

    def on_the_way(path):
        return within(path) or (folder + "/").startswith(path.rstrip("/") + "/")

    for name in files:
        with open(name, errors="surrogateescape") as f:
            for line in f:
                m = LINE.match(line)
                if not m or m["call"] in ("execve", "memfd_create"):
                    continue
                problem = judge_call(m, within, on_the_way, libraries, top)
                if problem:
                    bad.append(f"{problem}: {line.strip()}")
    return bad


def unquote(text):
    """strace prints \\ooo, \\xNN and the C escapes."""
    return (
        text.encode("latin-1", "backslashreplace")
        .decode("unicode_escape")
        .encode("latin-1", "replace")
    )


def judge_call(m, within, on_the_way, libraries, top):
    args = m["args"]
    strings = re.findall(r'"((?:[^"\\]|\\.)*)"', args)
    path = os.fsdecode(unquote(strings[0])) if strings else ""
    if (
        path in libraries
        or re.match(r"/etc/ld\.so\.(cache|preload)$", path)
        or "glibc-hwcaps" in path
    ):
        return None
    if m["call"] == "chdir":
        return None if path == "/" else "changes to another folder"
    if m["ret"].startswith("-") and not path.startswith("/"):
        return None
    opened = (m["fdpath"] or "")[1:-1].replace(" (deleted)", "")
    if (
        path.startswith("/")
        and not on_the_way(path)
        and not ALLOWED_PROC.match(path)
        and not path.startswith(f"{top}/san")
    ):
        return "asks for a path outside"
    if opened and m["call"].startswith("open"):
        opened = os.fsdecode(unquote(opened.split("<")[0]))
        if not on_the_way(opened) and not opened.startswith("/memfd:"):
            return "opened a path outside"
        if "O_PATH" not in args and within(opened) and os.path.lexists(opened):
            mode = os.lstat(opened).st_mode
            if (
                stat.S_ISCHR(mode)
                or stat.S_ISBLK(mode)
                or (stat.S_ISFIFO(mode) and "O_NONBLOCK" not in args)
            ):
                return "opened what may block or act"
    follows = (
        m["call"] != "readlinkat"
        and "NOFOLLOW" not in args
        and "RESOLVE_IN_ROOT" not in args
        and "EMPTY_PATH" not in args
    )
    if (
        path
        and not path.startswith("/")
        and "RESOLVE_IN_ROOT" not in args
        and ("/" in path or path == ".." or follows)
    ):
        return "a relative path that may leave the root"
    return None


def traced(judge, folder, *args):
    logs = f"{judge.top}/strace"
    os.makedirs(logs)
    try:
        private = private_sockets if os.geteuid() == 0 else None
        # A relative name after a failed -y look-up would hide a path: -y prints what each descriptor is.
        lib.run(
            [
                "strace",
                "-ff",
                "-y",
                "-s",
                "5000",
                "-o",
                f"{logs}/log",
                "-e",
                "trace=%file,openat2,openat,readlinkat,connect",
                *judge.argv(folder, *args),
            ],
            20,
            judge.env,
            pre=private,
        )
        files = [f"{logs}/{n}" for n in os.listdir(logs)]
        ldd = subprocess.run(["ldd", judge.binary], capture_output=True, text=True).stdout
        libraries = set(re.findall(r"(/\S+) \(0x", ldd))
        calls = sum(
            1 for n in files for line in open(n, errors="replace") if "RESOLVE_IN_ROOT" in line
        )
        return strace_problems(folder, files, libraries, judge.top), calls
    finally:
        shutil.rmtree(logs)


def private_sockets():
    """The looker's socket is then free: it need not look at the processes of this machine."""
    lib.libc.unshare(lib.CLONE_NEWNET)


def strace_tests(tap, judge, tree, case):
    if judge.asan or not shutil.which("strace"):
        return tap.skip(
            "strace: nothing outside is opened",
            "a sanitizer reads files" if judge.asan else "strace is missing",
        )
    py = ("--python", "/opt/venv/bin/python")
    for name, folder, args in (
        ("plain tree", tree, py),
        ("plain tree, no --python", tree, ()),
        ("case folder", case, py),
        ("case folder, no --python", case, ()),
        ("plain tree, Python that is a trap", tree, ("--python", "/usr/bin/t0")),
    ):
        bad, calls = traced(judge, folder, "--json", *args)
        if not calls:
            bad.append("openat2(RESOLVE_IN_ROOT) was never seen: this test saw nothing")
        tap.check(f"strace, {name}: {calls} looks, nothing outside is opened", bad)
    return None


def strace_single(tap, judge, tree, made, outside, opts):
    if judge.asan or not shutil.which("strace"):
        return tap.skip("strace, single traps", "a sanitizer, or no strace")
    pick = random.Random(opts["seed"] + 1)
    links = [
        t
        for t in TRAPS
        if "link" in t or t in ("magic cwd", "fifo", "zero device", "tty device", "loop")
    ]
    bad, n = [], 60 if opts["all"] else 25
    for _ in range(n):
        point, trap = pick.choice(POINTS), pick.choice(links)
        undo = replace(tree, point, trap, made, outside)
        if undo:
            try:
                found, _ = traced(judge, tree, "--json", "--python", "/opt/venv/bin/python")
                bad += [f"{trap} at {point}: {x}" for x in found]
            finally:
                undo()
    tap.check(f"strace, {n} single traps: nothing outside is opened", bad)
    return None


# Case folders.

META_LINES = [
    b"c",
    b"c 195",
    b"c 195 0 0660 root video",
    b"c 99999999999999999999 0 0660 root video dev/x",
    b"c -1 -1 9999 root root dev/y",
    b"c 195 0 0660 root video ../../../etc/passwd",
    b"d 0755",
    b"d 0755 root root /etc",
    b"d zz root root run",
    b"f 99999 root root x",
    b"f 0644 root root opt/venv/pyvenv.cfg/below",
    b"size -5 x",
    b"size 99999999999999999999 etc/debian_version",
    b"size x x",
    b"mtime 99999999999999999999 x",
    b"mtime x x",
    b"now 1e999",
    b"now -9223372036854775809",
    b"now",
    b"access EFOO x",
    b"access EPERM",
    b"access",
    b"user",
    b"user -1 -1 zz",
    b"user 4294967296 0 0",
    b"user 0 0 " + b"1 " * 70000 + b"0",
    b"kernel",
    b"kernel \x1b[31m x",
    b"cwd",
    b"cwd relative",
    b"cwd /../../..",
    b"cwd /\\x1b[31m",
    b"name ../../etc/passwd",
    b"name /etc/passwd",
    b"name ..",
    b"name .",
    b"name",
    b"list ../..",
    b"list /",
    b"list",
    b"list sys/module/nvidia/version",
    b"HANG",
    b"HANG .",
    b"HANG proc",
    b"HANG sys/bus",
    b"HANG opt/venv",
    b"HANG " + SITE.encode(),
    b"ENOENT sys",
    b"EACCES opt/venv",
    b"EIO sys/bus/pci/devices",
    b"EFOO sys",
    b"name a\\xZZ",
    b"name a\\x",
    b"name a\\",
    b"name \\x00",
    b"name sys/module/\\x1b[31m",
    b"name sys/module/\x1b[31m",
    b"name sys/bus/pci/devices/\xff\xfe",
    b"name sys/module/\xe2\x80\xaex",
    b"name sys/module/\xc2\x9bx",
    b"name a\0b",
    b"name " + b"a/" * 4000,
    b"name " + b"x" * (1 << 20),
    b"zzz foo",
    b"\t\tname\tx",
    b"   ",
    b"\x1b[2J",
    b"\0" * 5000,
    b"whycpu.case/1 complete",
    b"name x\nHANG x\nENOENT x\nEACCES x",
    b"l /etc/passwd etc/debian_version",
    b"ENOENT opt/venv\\x2fbin",
    b"HANG /",
    b"HANG ../..",
]
META_WHOLE = {
    "empty": b"",
    "no version": b"name x\n",
    "other version": b"whycpu.case/9 complete\n",
    "neither": b"whycpu.case/1 perhaps\n",
    "no word": b"whycpu.case/1\n",
    "CRLF": b"whycpu.case/1 partial\r\nname x\r\n",
    "no line end": b"whycpu.case/1 partial",
    "NUL first": b"\0whycpu.case/1 partial\n",
    "version of 1 MB": b"whycpu.case/1 " + b"p" * (1 << 20),
    "100,000 names": b"whycpu.case/1 partial\n"
    + b"".join(b"name a/b/c%d\n" % i for i in range(100000)),
    "100,000 times the same": b"whycpu.case/1 partial\n" + b"name sys/module/nvidia\n" * 100000,
    "100,000 times HANG": b"whycpu.case/1 partial\n"
    + b"".join(b"HANG h%d\n" % i for i in range(100000)),
    "100,000 lines of garbage": b"whycpu.case/1 partial\n" + b"\x1b[31mzzz\n" * 100000,
    "20 MB": b"whycpu.case/1 partial\n" + (b"name " + b"y" * 1000 + b"\n") * 20000,
    "every byte": b"whycpu.case/1 partial\n" + bytes(range(256)) * 50,
}
ENVS = [
    b"",
    b"PATH",
    b"=x",
    b"PATH=/opt/venv/bin\x1b[31m:\xff:\n\n=\n",
    b"PATH=" + b"/a:" * 50000,
    b"A=" + b"x" * (1 << 20),
    b"\n".join(b"V%d=x" % i for i in range(100000)),
    b"PATH=/usr/bin\0HOME=/\x1b]0;x\x07\0",
    b"CUDA_VISIBLE_DEVICES=\x1b[31m\xe2\x80\xae\xc2\x9b",
    b"CUDA_VISIBLE_DEVICES=" + b"9" * 100000,
    b"LD_LIBRARY_PATH=" + b"/proc/self/root/etc:../../..:" * 1000,
    bytes(range(256)),
    b"VIRTUAL_ENV=../../../../..",
    b"HOME=\nPATH=\nPYTHONPATH=:::",
    b"PYTHONHOME=/\x9b\nPYTHONPATH=/\xc2\x9b",
]
ELFS = [
    b"",
    b"[" * 100000,
    b"{}",
    b"[]",
    b"null",
    b'{"class": 1e999}',
    b'{"class": "64", "needed": 5}',
    b'{"needed": ["\\u001b[31m", 5]}',
    b'{"soname": "\xff"}',
    b'{"class": 64, "class": 32}',
    b'{"machine": "' + b"x" * (1 << 22) + b'"}',
    b'{"size": 99999999999999999999999}',
    b"\0",
]


def swapped(path, data):
    """Writes `data` over a file and returns what undoes it."""
    before = None
    if os.path.exists(path):
        with open(path, "rb") as f:
            before = f.read()
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)

    def undo():
        os.unlink(path)
        if before is not None:
            with open(path, "wb") as f:
                f.write(before)

    return undo


def case_tests(tap, judge, case, made, outside):
    with open(f"{case}/root.meta", "rb") as f:
        meta = f.read()
    elf = f"{case}/root.elf/usr/lib/{ARCH}/libcuda.so.550.54.15.json"
    groups = (
        ("root.meta lines", f"{case}/root.meta", [(x[:60], meta + x + b"\n") for x in META_LINES]),
        (
            "root.meta lines, partial",
            f"{case}/root.meta",
            [(x[:60], meta.replace(b"complete", b"partial") + x + b"\n") for x in META_LINES],
        ),
        ("root.meta as a whole", f"{case}/root.meta", list(META_WHOLE.items())),
        ("env", f"{case}/env", [(x[:60], x) for x in ENVS]),
        ("root.elf", elf, [(x[:60], x) for x in ELFS]),
        ("probes/nvml.json", f"{case}/probes/nvml.json", [(x[:60], x) for x in ELFS]),
    )
    for group, path, items in groups:
        bad = []
        for name, data in items:
            undo = swapped(path, data)
            try:
                found, _, _ = judge.both(case)
            finally:
                undo()
            bad += [f"{name!r}: {x}" for x in found]
        tap.check(f"{len(items)} hostile {group}", bad)
    for point in (
        "root.meta",
        "env",
        "root.elf",
        "probes",
        "root",
        f"root.elf/usr/lib/{ARCH}/libcuda.so.1.json",
        "case.txt",
    ):
        bad = []
        for name in TRAPS:
            undo = replace(case, point, name, made, outside)
            if undo:
                try:
                    found, _, _ = judge.both(case)
                finally:
                    undo()
                bad += [f"{name}: {x}" for x in found]
        tap.check(f"case folder, traps in the place of {point}", bad)


def memory(tap, judge, tree, case):
    if judge.asan:
        return tap.skip("peak memory below 96 MiB", "a sanitizer needs more")
    bad = []
    for name, path, data in (
        ("1 GB version.py", f"{tree}/{SITE}/torch/version.py", None),
        ("10 MB RECORD", f"{tree}/{INFO}/RECORD", b"torch/x,,\n" * 1000000),
        ("100,000 lines of ld.so.conf", f"{tree}/etc/ld.so.conf", b"/usr/lib\n" * 100000),
        ("20 MB root.meta", f"{case}/root.meta", META_WHOLE["20 MB"]),
        ("100,000 names", f"{case}/root.meta", META_WHOLE["100,000 names"]),
    ):
        undo = swapped(path, data or b"")
        if data is None:
            os.truncate(path, 1 << 30)
        folder = case if path.startswith(case) else tree
        kib = lib.peak_rss_kib(
            judge.argv(folder, "--json", "--python", "/opt/venv/bin/python"), judge.env
        )
        undo()
        print(f"# {name}: {kib} KiB")
        if kib > RSS_KIB:
            bad.append(f"{name}: {kib} KiB")
    kib = lib.peak_rss_kib(judge.argv(tree, "--json"), judge.env)
    tap.check(
        f"peak memory below 96 MiB ({kib} KiB for the plain tree with all traps)",
        bad + ([f"{kib} KiB"] if kib > RSS_KIB else []),
    )
    return None


def as_nobody(tap, judge, tree):
    """Nothing is readable, or nothing but the names."""
    if os.geteuid() != 0:
        return tap.skip("unreadable for somebody else", "needs root to become somebody else")

    def drop():
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)

    for point, mode in (
        (SITE, 0),
        (f"{SITE}/torch", 0o111),
        (f"{SITE}/torch/version.py", 0),
        ("sys/bus/pci/devices", 0),
        (GPU, 0),
        (f"{GPU}/vendor", 0),
        ("sys/module", 0),
        ("proc/driver/nvidia", 0),
        ("opt", 0),
        ("usr/bin", 0o444),
    ):
        full = f"{tree}/{point}"
        before = stat.S_IMODE(os.stat(full).st_mode)
        os.chmod(full, mode)
        try:
            bad, report, rc = judge.run(
                tree, "--json", "--python", "/opt/venv/bin/python", pre=drop
            )
        finally:
            os.chmod(full, before)
        if rc == 1:
            bad.append(
                f"claims {report and report['diagnosis']} on a machine where nothing is broken"
            )
        tap.check(f"unreadable, mode {mode:o}: {point}", bad)
    return None


def everything(tap, judge, opts):
    top = judge.top
    outside = f"{top}/outside"
    lib.put(
        outside,
        "file",
        "__version__ = '9.9.9+OUTSIDE'\ncuda = 'OUTSIDE'\n0x10deOUTSIDE\n"
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  OUTSIDE  x\nhome = /OUTSIDE\n",
    )
    lib.put(outside, "folder/version.py", "__version__ = '9.9.9+OUTSIDE'\ncuda = 'OUTSIDE'\n")
    lib.put(outside, "folder/__init__.py", "")
    lib.put(outside, "folder/vendor", "0xOUTSIDE\n")
    tree, case = f"{top}/tree", lib.case(f"{top}/case")
    lib.machine(tree)
    made = build_traps(f"{top}/made", outside)
    healthy(tap, judge, tree, "plain tree", ("cannot-tell", 3))
    healthy(tap, judge, case, "case folder")
    as_nobody(tap, judge, tree)
    replacements(tap, judge, tree, made, outside, opts)
    healthy(tap, judge, tree, "plain tree, put together again,", ("cannot-tell", 3))
    strace_single(tap, judge, tree, made, outside, opts)
    case_tests(tap, judge, case, made, outside)
    n = master(tree, outside)
    master(f"{case}/root", outside)
    tap.check(f"the tree with every trap has {n} hostile entries", [] if n >= 40 else ["too few"])
    for args in (("--json",), (), ("-v",), ("-q",), ("-v", "--color", "always"), ("--trace",)):
        for folder in (tree, case):
            bad = (
                judge.run(folder, *args)[0]
                + judge.run(folder, *args, "--python", "/opt/venv/bin/python")[0]
            )
            tap.check(f"every trap at once, {os.path.basename(folder)} {' '.join(args)}", bad)
    memory(tap, judge, tree, case)
    strace_tests(tap, judge, tree, case)
    tap.check("no sanitizer report", lib.sanitizer_reports(f"{top}/san"))


def main():
    opts = {
        "all": "--all" in sys.argv,
        "seed": (
            int(sys.argv[sys.argv.index("--seed") + 1])
            if "--seed" in sys.argv
            else int(time.time())
        ),
    }
    tap = lib.Tap()
    print(f"# seed {opts['seed']}")
    if os.geteuid() != 0:
        tap.skip("device nodes among the traps", "needs root")
    signal.signal(
        signal.SIGALRM,
        lambda *_: (_ for _ in ()).throw(TimeoutError("the whole test took too long")),
    )
    signal.alarm(3600 if opts["all"] else WALL_SECONDS)
    top = os.path.realpath(tempfile.mkdtemp(prefix="whycpu-root-"))
    os.chmod(top, 0o755)
    try:
        judge = Judge(os.path.abspath(sys.argv[1]), top)
        os.chmod(f"{top}/san", 0o777)
        everything(tap, judge, opts)
    except TimeoutError as e:
        tap.check("the whole test ends in time", [str(e)])
    finally:
        signal.alarm(0)
        subprocess.run(["chmod", "-R", "u+rwX", top], stderr=subprocess.DEVNULL, check=False)
        subprocess.run(["rm", "-rf", top], check=False)
    return tap.done()


sys.exit(main())
