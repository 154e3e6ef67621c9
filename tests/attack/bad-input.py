#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bad-input.py WHYCPU : what a person mistypes, and what a shell, a batch system or a full disk does to a program.
Whatever was typed wrongly gives exactly one line on stderr that names the thing, nothing on stdout and exit 2.
Whatever is odd about the surroundings (no HOME, no cwd, closed stdio, 8 descriptors, 64 MiB) changes no answer.
A snapshot that cannot be written leaves what was there, and nothing of its own. Prints TAP."""

import ctypes
import json
import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import attacklib as lib  # noqa: E402

WALL_SECONDS = 200
SITE = f"opt/venv/lib/{lib.PY}/site-packages"
BASE = os.path.realpath(sys.executable)


class Setup:
    """The program, a healthy machine as --root (exit 0, uses-gpu), folders to write to."""

    def __init__(self, binary, top):
        self.top, self.asan = top, lib.is_asan(binary)
        self.binary = f"{top}/bin/whycpu"
        os.makedirs(f"{top}/bin")
        shutil.copy(binary, self.binary)
        self.case = lib.case(f"{top}/case")
        self.tree = f"{self.case}/root"
        for d in ("home", "cwd", "out", "venv"):
            os.makedirs(f"{top}/{d}")
        self.san = lib.sanitizer_env(f"{top}/san")
        self.env = {
            "PATH": f"{top}/v/bin:/usr/bin:/bin",
            "HOME": f"{top}/home",
            "LANG": "C.UTF-8",
            **self.san,
        }
        lib.torch(lib.venv(f"{top}/v", BASE, "python%d.%d" % sys.version_info[:2]))
        self.good = ["check", "--root", self.case, "--python", "/opt/venv/bin/python"]

    def run(self, *args, env=None, cwd=None, pre=None, **more):
        return lib.run(
            [self.binary, *args],
            15,
            self.env if env is None else env,
            cwd or f"{self.top}/cwd",
            pre,
            **more,
        )


def seconds_allowed():
    """A sanitized program is slow, and runs beside others."""
    return 15 if lib.is_asan(sys.argv[1]) else 3


def basics(r, statuses=(0, 1, 3)):
    """What holds for every run."""
    bad = lib.dirty(r.out) + lib.dirty(r.err)
    bad += lib.unschematic(r.out) if r.out.startswith(b"{") and r.out.endswith(b"}\n") else []
    if not r.ended:
        bad.append("did not end")
    if r.rc not in statuses:
        bad.append(f"exit status {r.rc}, expected one of {statuses}")
    if r.secs > seconds_allowed():
        bad.append(f"took {r.secs:.1f} s")
    return bad


def one_line(r, *words, status=(2,)):
    """Exactly one line on stderr that begins with whycpu: and has these words; nothing on stdout."""
    bad = basics(r, status)
    if r.out:
        bad.append(f"stdout is not empty: {r.out[:200]!r}")
    if not r.err.startswith(b"whycpu: ") or r.err.count(b"\n") != 1 or not r.err.endswith(b"\n"):
        bad.append("stderr is not exactly one line that begins with 'whycpu: '")
    bad += [f"{w!r} is not named" for w in words if w.lower().encode() not in r.err.lower()]
    return bad + ([str(r)] if bad else [])


def usage(tap, s):
    cases = [
        (["chekc"], ["chekc", '"check"']),
        (["snapshto"], ["snapshto", '"snapshot"']),
        (["rul"], ['"rule"']),
        (["qwertzuiop"], ["qwertzuiop", "--help"]),
        ([""], ["whycpu"]),
        (["check", ""], []),
        (["--pyhton", "x"], ["--pyhton", "--python"]),
        (["check", "--jsn"], ["--jsn", "--json"]),
        (["--qwertzuiop"], ["--qwertzuiop", "--help"]),
        (["check", "-Z"], ["-Z"]),
        (["-"], []),
        (["--"], None),
        (["check", "--root="], ["--root"]),
        (["check", "--python"], ["--python"]),
        (["check", "--root"], ["--root"]),
        (["check", "--timeout"], ["--timeout"]),
        (["check", "--format"], ["--format"]),
        (["check", "--color"], ["--color"]),
        (["snapshot", "-o"], ["-o"]),
        (["check", "--timeout", "abc"], ["--timeout", "abc"]),
        (["check", "--timeout", "-1"], ["--timeout", "-1"]),
        (["check", "--timeout", ""], ["--timeout"]),
        (["check", "--timeout", "0"], ["--timeout"]),
        (["check", "--timeout", "1e99"], ["--timeout", "1e99"]),
        (["check", "--timeout", "nan"], ["--timeout", "nan"]),
        (["check", "--timeout", "2x"], ["--timeout", "2x"]),
        (["check", "--timeout", "99999999999999999999"], ["--timeout"]),
        (["check", "--format", "yaml"], ["yaml", "text", "json"]),
        (["check", "--format", "jsn"], ["jsn", "json", "text"]),
        (["check", "--color", "maybe"], ["maybe", "auto", "always", "never"]),
        (["check", "--json=1"], ["--json"]),
        (["check", "--quiet=1"], ["--quiet"]),
        (["rule", "nouveau-bond"], ["nouveau-bond", "nouveau-bound"]),
        (["rule", "no-such-thing-at-all"], ["no-such-thing-at-all"]),
        (["rule", "nouveau-bound", "more"], ["more"]),
        (["snapshot", "more"], ["more"]),
        (["check", "a\nb\x1b[31m"], []),
        (["check", "--python", "a\nb\x1b[31m\x07"], ["x1b"]),
        (["check", "--root", "a\nb\x1b]0;x\x07"], ["x1b"]),
        (["che\x1b[31mck\nx"], []),
        (["check", "--pyth\x1b[31m\non"], []),
        ([os.fsdecode(b"\xff\xfe")], []),
        (["check", "--python", os.fsdecode(b"/x\xff\xfe")], ["xff"]),
        (["check", "--python", "/" + "x" * 100000], []),
        (["x" * 100000], []),
        (["check", "--" + "y" * 100000], []),
        (["check", "--format", "z" * 100000], []),
        (["rule", "r" * 100000], []),
        (["check", "--root", "/" + "x" * 100000], []),
        (["check", "\u202etxt.x"], []),
        (["check", "--python", "/\u202e\u009bx"], []),
    ]
    for args, words in cases:
        r = s.run(*args)
        name = " ".join(lib.printable(a)[:40] for a in args)
        tap.check(f"usage: {name!r}", basics(r) if words is None else one_line(r, *words))
    for args, status in (
        (["--help"], 0),
        (["--version"], 0),
        (["rule"], 0),
        (["rule", "nouveau-bound"], 0),
        (["check", "--help"], 0),
    ):
        r = s.run(*args)
        tap.check(
            f"{' '.join(args)}: on stdout, exit {status}",
            basics(r, (status,)) + ([] if r.out and not r.err else [str(r)]),
        )


def no_python(tap, s):
    d = f"{s.top}/nopy"
    os.makedirs(f"{d}/folder")
    lib.put(d, "notes.txt", "these are notes\n")
    lib.put(d, "run-me.txt", "these are notes\n")
    os.chmod(f"{d}/run-me.txt", 0o755)
    lib.put(d, "empty", "")
    lib.put(d, "picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    lib.put(d, "half", b"\x7fELF")
    os.chmod(f"{d}/half", 0o755)
    lib.link(d, "dangling", "nowhere")
    lib.link(d, "self", "self")
    lib.link(d, "a/python", "../b/python")
    lib.link(d, "b/python", "../a/python")
    os.mkfifo(f"{d}/fifo")
    for arg in (
        f"{d}/notes.txt",
        f"{d}/run-me.txt",
        f"{d}/folder",
        f"{d}/missing",
        "/bin/ls",
        f"{d}/empty",
        f"{d}/picture.png",
        f"{d}/half",
        f"{d}/dangling",
        f"{d}/self",
        f"{d}/a/python",
        f"{d}/fifo",
        "/dev/null",
        "/dev/zero",
        "",
        "no-such-python-anywhere",
        ".",
        f"{d}/notes.txt/python",
    ):
        r = s.run("check", "--python", arg)
        words = (
            [os.path.basename(arg)] if arg not in ("", "/", ".") else ["--python"] if not arg else []
        )
        tap.check(f"--python {arg.replace(s.top, '')!r} is no Python", one_line(r, *words))
        r = s.run("check", "--json", "--python", arg)
        tap.check(f"--python {arg.replace(s.top, '')!r} as JSON", one_line(r))
    r = s.run("check", "--root", s.case, "--python", "/nowhere/python")
    tap.check("--root with a --python that is not in it", one_line(r, "/nowhere/python"))


def no_script(tap, s):
    """What is no Python program is refused in one line; what is one gets an answer."""
    d = f"{s.top}/scripts"
    os.makedirs(f"{d}/folder.py")
    for name, content in (
        ("notes", "these are notes\n"),
        ("run.sh", "#!/bin/sh\nexit 0\n"),
        ("README.md", "# python\n"),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
        ("photo.jpg", b"\xff\xd8\xff\xe0" + b"x" * 100),
        ("binary.py", b"import os\n\0\0"),
        ("program", b"\x7fELF" + bytes(60)),
        ("empty.bin", ""),
    ):
        lib.put(d, name, content)
    lib.link(d, "dangling.py", "nowhere")
    lib.link(d, "self.py", "self.py")
    os.mkfifo(f"{d}/fifo.py")
    bad = sorted(os.listdir(d)) + ["missing.py", "none/train.py", "x" * 5000 + ".py", "a\nb\x1b[31m.py"]
    for name in bad:
        for args in ([f"{d}/{name}"], ["check", "--json", f"{d}/{name}"]):
            what = " ".join(args).replace(d, "")[:40]
            tap.check(f"script {lib.printable(what)!r} is refused", one_line(s.run(*args)))
    for name, content, mode in (
        ("good.py", "import torch\n", 0o644),
        ("empty.py", "", 0o644),
        ("marked.py", b"\xef\xbb\xbfimport torch\n", 0o644),
        ("latin.py", b"# -*- coding: latin-1 -*-\n# \xe4\n", 0o644),
        ("tool", "#!/usr/bin/env python3\nimport torch\n", 0o755),
        ("split", "#!/usr/bin/env -S python3 -u\n", 0o755),
        ("nobody's", "#!/none/python3\n", 0o755),
        ("by-uv", "#!/usr/bin/env -S uv run --script\n", 0o755),
        ("check", "#!/usr/bin/python3\n", 0o755),
        ("long", "#!/usr/bin/python3 " + "-u " * 5000 + "\n", 0o755),
    ):
        lib.put(d, name, content)
        os.chmod(f"{d}/{name}", mode)
        r = s.run("check", "--json", f"./{name}", cwd=d)
        tap.check(f"script {name!r} gets an answer", basics(r) + ([] if r.out else [str(r)]))
    if os.getuid() == 0:
        os.chmod(f"{d}/good.py", 0o600)
        tap.check("a script that may not be read", one_line(s.run(f"{d}/good.py", pre=nobody), "denied"))


def no_process(tap, s):
    """--pid: what is no process of ours, no Python, or none at all."""
    with subprocess.Popen(["/bin/sleep", "30"]) as sleep, subprocess.Popen(["/bin/true"]) as ended:
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)  # a zombie
        for pid, words in (
            ("0", ["--pid"]),
            ("-1", ["--pid"]),
            ("x", ["--pid"]),
            ("99999999999999999999", ["--pid"]),
            ("2147483647", ["no such process"]),
            (str(sleep.pid), ["sleep", "not a Python"]),
            (str(ended.pid), []),
        ):
            tap.check(f"--pid {pid}", one_line(s.run("check", "--pid", pid), *words))
        sleep.kill()
    with subprocess.Popen([BASE, "-c", "import time; time.sleep(30)"]) as python:
        pid = str(python.pid)
        tap.check("--pid and --python", one_line(s.run("--pid", pid, "--python", "x"), "--pid"))
        tap.check("--pid and a script", one_line(s.run("--pid", pid, "x.py"), "x.py"))
        r = s.run("check", "--json", "--pid", pid)
        tap.check("--pid of a Python", basics(r) + ([] if r.out else [str(r)]))
        if os.getuid() == 0:
            tap.check("--pid of somebody else", one_line(s.run("--pid", pid, pre=nobody), "another user"))
        python.kill()


def nobody():
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)


def bad_root(tap, s):
    d = f"{s.top}/roots"
    os.makedirs(f"{d}/empty")
    os.makedirs(f"{d}/locked")
    lib.put(d, "file", "x")
    lib.link(d, "dangling", "nowhere")
    lib.link(d, "loop", "loop")
    os.mkfifo(f"{d}/fifo")
    for arg in ("missing", "file", "dangling", "loop", "fifo", "file/below"):
        tap.check(f"--root {arg}", one_line(s.run("check", "--root", f"{d}/{arg}"), f"{d}/{arg}"))
    tap.check("--root /dev/null", one_line(s.run("check", "--root", "/dev/null"), "/dev/null"))
    tap.check("--root with an empty name", one_line(s.run("check", "--root", ""), "--root"))
    r = s.run("check", "--root", f"{d}/empty", "--json")
    bad = basics(r, (3,))
    if not bad and json.loads(r.out)["answer"] != "cannot-tell":
        bad.append("an empty folder proves nothing")
    tap.check("--root on an empty folder: cannot tell", bad + ([str(r)] if bad else []))
    os.chmod(f"{d}/locked", 0)
    if os.geteuid() != 0:
        return tap.skip("--root unreadable", "needs root to become somebody else")
    tap.check(
        "--root unreadable",
        one_line(s.run("check", "--root", f"{d}/locked", pre=nobody), f"{d}/locked"),
    )
    return None


def verdict(r):
    try:
        report = json.loads(r.out)
        return report["answer"], report["diagnosis"], r.rc
    except (ValueError, KeyError):
        return None, None, r.rc


def broken_torch(tap, s):
    """A version.py cut at every byte, and one full of binary: never `cpu-only`, as CUDA builds have it as well."""
    path = f"{s.tree}/{SITE}/torch/version.py"
    whole = lib.VERSION_PY.encode()
    bad = []
    for n in range(len(whole)):
        with open(path, "wb") as f:
            f.write(whole[:n])
        r = s.run(*s.good, "--json")
        answer, diagnosis, rc = verdict(r)
        problem = basics(r)
        if rc == 1:
            problem.append(f"claims {diagnosis}")
        if answer == "uses-gpu" and b"cuda: Optional[str] = '12.4'" not in whole[:n]:
            problem.append("uses-gpu though its CUDA version was not read")
        bad += [f"cut at {n} ({whole[max(0, n - 15):n]!r}): {x}" for x in problem]
    tap.check(f"version.py cut at each of {len(whole)} bytes: no false cause", bad)
    for name, data in (
        ("binary", bytes(range(256)) * 8),
        ("NULs", b"\0" * 4096),
        ("binary behind", whole[:120] + b"\0\xff\xfe" * 50),
        ("UTF-16", lib.VERSION_PY.encode("utf-16")),
        ("cuda of 1 MB", whole.replace(b"'12.4'", b"'" + b"1" * (1 << 20) + b"'")),
        ("no quote", whole.replace(b"'12.4'", b"'12.4")),
        ("an expression", whole.replace(b"'12.4'", b"str(12) + '.4'")),
        ("a number", whole.replace(b"'12.4'", b"12.4")),
        ("CR only", whole.replace(b"\n", b"\r")),
    ):
        with open(path, "wb") as f:
            f.write(data)
        r = s.run(*s.good, "--json")
        text = s.run(*s.good)
        problem = basics(r) + basics(text)
        if r.rc == 1:
            problem.append(f"claims {verdict(r)[1]}")
        tap.check(f"version.py: {name}", problem + ([str(r)] if problem else []))
    with open(path, "wb") as f:
        f.write(whole)


def cyclic_venv(tap, s):
    for name, links in (
        ("bin/python", [("bin/python", "python3"), ("bin/python3", "python")]),
        ("lib", [("lib", "lib")]),
        ("lib/python3.11", [(f"lib/{lib.PY}", f"../lib/{lib.PY}")]),
        ("site-packages", [(f"lib/{lib.PY}/site-packages", "../../lib")]),
        ("pyvenv.cfg", [("pyvenv.cfg", "pyvenv.cfg")]),
        ("bin", [("bin", ".")]),
        ("lib64", [("lib64", "lib"), ("lib", "lib64")]),
        ("torch", [(f"lib/{lib.PY}/site-packages/torch", "torch")]),
    ):
        d = f"{s.top}/venv"
        shutil.rmtree(d)
        site = lib.venv(d, BASE, lib.PY)
        lib.torch(site)
        for path, _ in links:
            full = f"{d}/{path}"
            (
                shutil.rmtree(full)
                if os.path.isdir(full) and not os.path.islink(full)
                else os.path.lexists(full) and os.unlink(full)
            )
        for path, target in links:
            lib.link(d, path, target)
        for args, env in (
            (["--python", f"{d}/bin/python"], s.env),
            ([], {**s.env, "PATH": f"{d}/bin", "VIRTUAL_ENV": d}),
        ):
            r = s.run("check", "--json", *args, env=env)
            bad = basics(r, (0, 1, 2, 3))
            if r.rc == 2:
                bad += one_line(r)
            tap.check(
                f"venv with a cycle at {name}, {'--python' if args else 'on PATH'}",
                bad + ([str(r)] if bad else []),
            )
    d = f"{s.top}/venv"
    shutil.rmtree(d)
    lib.torch(lib.venv(d, BASE, lib.PY))
    lib.put(d, "pyvenv.cfg", f"home = {d}/bin\n")
    tap.check(
        "venv whose home is itself", basics(s.run("check", "--json", "--python", f"{d}/bin/python"))
    )


# Surroundings: each must give what the plain run gives.


def deleted_cwd(s):
    d = f"{s.top}/gone"
    os.makedirs(d, exist_ok=True)
    os.chdir(d)
    os.rmdir(d)


def close(*fds):
    return lambda: [os.close(fd) for fd in fds] and None


def limit(what, n):
    return lambda: resource.setrlimit(what, (n, n))


def blocked_signals():
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP})


def surroundings(tap, s):
    plain = verdict(s.run(*s.good, "--json"))
    here = verdict(s.run("check", "--json"))
    tap.check(
        "the healthy tree is sound (exit 0, uses-gpu)",
        [] if plain[0] == "uses-gpu" and plain[2] == 0 else [plain],
    )
    env_less = {k: v for k, v in s.env.items() if k != "HOME"}
    cases = [
        ("cwd deleted", {"pre": lambda: deleted_cwd(s)}),
        ("no HOME", {"env": env_less}),
        ("HOME empty", {"env": {**s.env, "HOME": ""}}),
        ("HOME relative", {"env": {**s.env, "HOME": "home"}}),
        ("HOME missing", {"env": {**s.env, "HOME": "/nowhere"}}),
        ("LANG not UTF-8", {"env": {**s.env, "LANG": "C", "LC_ALL": "POSIX"}}),
        ("unknown locale", {"env": {**s.env, "LC_ALL": "xx_XX.UTF-8"}}),
        ("TERM dumb, COLUMNS 0", {"env": {**s.env, "TERM": "dumb", "COLUMNS": "0"}}),
        ("COLUMNS -1", {"env": {**s.env, "COLUMNS": "-1"}}),
        ("COLUMNS 1", {"env": {**s.env, "COLUMNS": "1"}}),
        ("COLUMNS huge", {"env": {**s.env, "COLUMNS": "9" * 30}}),
        ("SIGCHLD ignored", {"pre": lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)}),
        ("SIGPIPE ignored", {"pre": lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN)}),
        ("all signals blocked", {"pre": blocked_signals}),
        ("ulimit -c 0", {"pre": limit(resource.RLIMIT_CORE, 0)}),
        ("ulimit -f 0", {"pre": limit(resource.RLIMIT_FSIZE, 0)}),
        ("ulimit -s 256", {"pre": limit(resource.RLIMIT_STACK, 256 << 10)}),
        ("umask 777", {"pre": lambda: os.umask(0o777) and None}),
        ("stdin closed", {"pre": close(0)}),
        ("stderr closed", {"pre": close(2)}),
        ("stdin and stderr closed", {"pre": close(0, 2)}),
        ("stdin a folder", {"stdin": os.open("/", os.O_RDONLY)}),
        ("stderr full", {"stderr": os.open("/dev/full", os.O_WRONLY)}),
        ("WHYCPU_LOOKER=inline", {"env": {**s.env, "WHYCPU_LOOKER": "inline"}}),
        ("WHYCPU_LOOKER=nonsense", {"env": {**s.env, "WHYCPU_LOOKER": "nonsense"}}),
        ("many descriptors", {"pre": open_many}),
        ("500 KiB of environment", {"env": {**s.env, **{f"X{i}": "y" * 1000 for i in range(500)}}}),
    ]
    if s.asan:
        # The shadow memory of a sanitizer does not fit; its stack frames and its log neither.
        cases = [c for c in cases if c[0] not in ("ulimit -s 256", "ulimit -f 0")]
        tap.skip("64 MiB of address space", "a sanitizer needs more")
    else:
        cases.append(("64 MiB of address space", {"pre": limit(resource.RLIMIT_AS, 64 << 20)}))
    for name, how in cases:
        # The shell between would stumble over some of these itself. Its Python parent is why --python is given.
        r = s.run(*s.good, "--json", parent=False, **how)
        bad = [] if verdict(r) == plain else [f"{verdict(r)}, not {plain}"]
        bad += basics(r)
        live = s.run("check", "--json", "--python", f"{s.top}/v/bin/python", parent=False, **how)
        bad += basics(live)
        if verdict(live)[0] is None:
            bad.append(f"this machine: {live}")
        text = s.run(*s.good, parent=False, **how)
        if text.rc != plain[2] or not text.out:
            bad.append(f"as text: {text}")
        bad += basics(text)
        tap.check(f"surroundings: {name}", bad + ([str(r)] if bad else []))
    tap.check("this machine gives some verdict", [] if here[0] else [here])


def few_descriptors(tap, s):
    """This machine is read with 8 descriptors as with 1000; a case folder may want more, and then says so."""
    args = ("check", "--json", "--python", f"{s.top}/v/bin/python")
    for n in (8, 7, 6, 5, 4, 3):
        r = s.run(*args, parent=False, pre=limit(resource.RLIMIT_NOFILE, n))
        bad = basics(r, (0, 1, 3) if n >= 8 else (0, 1, 2, 3, 70))
        # Where the loader itself cannot open its libraries, the program never starts.
        bad = [] if n < 8 and r.rc == 127 else bad
        if n >= 8 and verdict(r) != verdict(s.run(*args, parent=False)):
            bad.append("not the answer that it gives without a limit")
        tap.check(f"ulimit -n {n}: this machine", bad + ([str(r)] if bad else []))
        r = s.run(*s.good, "--json", parent=False, pre=limit(resource.RLIMIT_NOFILE, n))
        if verdict(r)[0] != "uses-gpu" and not (n < 8 and r.rc == 127):
            bad = one_line(r, status=(2, 3, 70)) if not r.out else basics(r, (3,))
            tap.check(f"ulimit -n {n}: a case folder, refused in one line", bad)


def open_many():
    for _ in range(200):
        os.set_inheritable(os.dup(0), True)


def empty_environment(tap, s):
    r = s.run("check", "--json", env={**s.san} if s.asan else {})
    bad = basics(r) + ([] if verdict(r)[0] else ["no JSON"])
    tap.check("env -i: an answer", bad + ([str(r)] if bad else []))
    r = s.run(*s.good, "--json", env={**s.san} if s.asan else {})
    tap.check(
        "env -i with --root: the same answer", [] if verdict(r)[0] == "uses-gpu" else [str(r)]
    )
    r = s.run("check", env={**s.env, "PATH": ""})
    tap.check("PATH empty", basics(r))
    r = s.run("check", env={**s.env, "PATH": ":::/nowhere::" + "/x:" * 30000})
    tap.check("PATH of 90 kB", basics(r))


def stdout_gone(tap, s):
    """The answer cannot be delivered: that must not look like success, nor like a crash."""
    full = os.open("/dev/full", os.O_WRONLY)
    for args in ([*s.good], [*s.good, "--json"], ["--help"], ["--version"], ["rule"]):
        name = " ".join(a for a in args if a.startswith("-") or a in ("check", "rule"))
        r = s.run(*args, stdout=full)
        bad = basics(r, (2, 3, 70))
        if not r.err.startswith(b"whycpu: ") or r.err.count(b"\n") != 1:
            bad.append("no single line on stderr says so")
        tap.check(f"stdout full: {name}", bad + ([str(r)] if bad else []))
        for closed in ((1,), (0, 1), (1, 2), (0, 1, 2)):
            r = s.run(*args, pre=close(*closed), parent=False)
            bad = basics(r, (0, 2, 3, 70))
            if r.out or (2 not in closed and r.err.count(b"\n") > 1):
                bad.append("something was written")
            tap.check(f"closed {closed}: {name}", bad + ([str(r)] if bad else []))
        for ignored in (False, True):
            read_end, write_end = os.pipe()
            os.close(read_end)
            r = s.run(
                *args,
                stdout=write_end,
                parent=False,
                pre=lambda: signal.signal(
                    signal.SIGPIPE, signal.SIG_IGN if ignored else signal.SIG_DFL
                )
                and None,
            )
            os.close(write_end)
            bad = [] if r.ended and r.rc in (0, 2, 3, -signal.SIGPIPE, 141) else ["exit status"]
            if r.err.count(b"\n") > 1 or (r.err and not r.err.startswith(b"whycpu: ")):
                bad.append("noise on stderr")
            tap.check(
                f"reader gone, SIGPIPE {'ignored' if ignored else 'default'}: {name}",
                bad + ([str(r)] if bad else []),
            )
    os.close(full)
    for fmt in ("text", "json"):
        command = f"'{s.binary}' check -v --root '{s.case}' --python /opt/venv/bin/python --format {fmt} | head -1"
        r = lib.run(["/bin/sh", "-c", command], 10, s.env, parent=False)
        bad = basics(r, (0,)) + (
            [] if r.out.count(b"\n") <= 1 and r.out and not r.err else ["not one line, or noise"]
        )
        tap.check(f"| head -1, {fmt}", bad + ([str(r)] if bad else []))


def tree_of(folder):
    out = {}
    for d, dirs, files in os.walk(folder):
        for name in dirs + files:
            full = os.path.join(d, name)
            st = os.lstat(full)
            content = None
            if stat.S_ISREG(st.st_mode):
                with open(full, "rb") as f:
                    content = f.read()
            out[os.path.relpath(full, folder)] = (
                st.st_mode,
                content,
                os.readlink(full) if stat.S_ISLNK(st.st_mode) else None,
            )
    return out


def snapshots(tap, s):
    d = f"{s.top}/out"
    r = s.run("snapshot", "-o", f"{d}/new")
    bad = basics(r, (0,))
    if not os.path.isfile(f"{d}/new/root.meta") or not os.path.isdir(f"{d}/new/root"):
        bad.append(f"no case folder: {os.listdir(d)}")
    tap.check("snapshot -o writes a case folder", bad + ([str(r)] if bad else []))
    home = s.env["HOME"].encode()
    leaks = [
        p
        for p, (_, c, t) in tree_of(f"{d}/new").items()
        if home in (c or b"") or s.env["HOME"] in (t or "") or "token-4711" in p
    ]
    tap.check("snapshot does not hold the name of HOME", leaks)
    lib.put(d, "file", "precious\n")
    os.makedirs(f"{d}/full/below")
    lib.put(d, "full/below/precious", "x")
    lib.put(d, "full/root.meta", "precious\n")
    lib.link(d, "dangling", "nowhere")
    lib.link(d, "to-full", "full")
    os.mkfifo(f"{d}/fifo")
    before = tree_of(d)
    for arg in ("new", "file", "full", "dangling", "to-full", "fifo", "file/below", "missing/new"):
        r = s.run("snapshot", "-o", f"{d}/{arg}")
        bad = one_line(r, f"{d}/{arg}", status=(2,))
        if tree_of(d) != before:
            bad.append(f"something changed: {sorted(set(tree_of(d)) ^ set(before))}")
        tap.check(f"snapshot -o {arg}: refused, nothing touched", bad)
    tap.check("snapshot -o ''", one_line(s.run("snapshot", "-o", ""), "-o"))
    for arg in ("/dev/full", "/dev/null", "/proc/whycpu", "/"):
        tap.check(f"snapshot -o {arg}", one_line(s.run("snapshot", "-o", arg), arg))
    tap.check(
        "snapshot -o with control characters",
        one_line(s.run("snapshot", "-o", "/nowhere/\x1b[31m\nx"), "x1b"),
    )
    if os.geteuid() == 0:
        os.chmod(d, 0o755)
        tap.check(
            "snapshot -o in a folder of somebody else",
            one_line(s.run("snapshot", "-o", f"{d}/mine", pre=nobody), f"{d}/mine"),
        )
    tap.check(
        "nothing was left behind by all these",
        [] if tree_of(d) == before else sorted(set(tree_of(d)) ^ set(before)),
    )
    r = s.run("snapshot", "-o", f"{d}/limited", pre=limit(resource.RLIMIT_FSIZE, 0), parent=False)
    bad = one_line(r, f"{d}/limited", status=(2, 3, 70)) if not s.asan else []
    if os.path.lexists(f"{d}/limited"):
        bad.append(f"left behind: {sorted(tree_of(f'{d}/limited'))}")
        shutil.rmtree(f"{d}/limited")
    tap.check("snapshot -o with ulimit -f 0: one line, nothing left", bad)


def full_disk(tap, s):
    try:
        ns = lib.Namespace()
        os.makedirs(f"{s.top}/small")
    except OSError as e:
        return tap.skip("full disk, read-only root", f"no private mounts here: {e}")
    for data in ("size=64k", "size=8k", "nr_inodes=3", "nr_inodes=12"):
        ns = lib.Namespace()
        ns.mount("small", f"{s.top}/small", "tmpfs", 0, data)
        probe = f"{s.top}/keep"
        script = f"""echo precious > {s.top}/small/precious
        if [ "{data}" = size=64k ]; then head -c 57344 /dev/zero > {s.top}/small/fill; fi
        "{s.binary}" snapshot -o {s.top}/small/snap; rc=$?
        find {s.top}/small -mindepth 1 > {probe}; cat {s.top}/small/precious >> {probe}; exit $rc"""
        r = lib.run(["/bin/sh", "-c", script], 15, s.env, f"{s.top}/cwd", ns.enter, parent=False)
        bad = one_line(r, f"{s.top}/small/snap", status=(2, 3, 70))
        with open(probe) as f:
            left = f.read()
        if "snap" in left:
            bad.append(f"left behind: {left[:500]}")
        if not left.endswith("precious\n"):
            bad.append("what was there is lost")
        tap.check(f"snapshot -o on a full disk ({data}): one line, nothing left", bad)
    ns = lib.Namespace()
    try:
        # Read-only for all below: the root, and the folder with the program if that is another file system.
        for place in sorted({"/", mount_of(s.top), "/tmp" if os.path.ismount("/tmp") else "/"}):
            ns.mount(None, place, None, 32 | lib.MS_BIND | 1)  # MS_REMOUNT, MS_RDONLY
    except OSError as e:
        return tap.skip("read-only root", str(e))
    plain, r = s.run("check", "--json"), s.run("check", "--json", pre=ns.enter)
    tap.check(
        "read-only root: the same verdict",
        basics(r) + ([] if verdict(r) == verdict(plain) else [f"{verdict(r)} {verdict(plain)}"]),
    )
    r = s.run("snapshot", "-o", f"{s.top}/out/ro", pre=ns.enter)
    tap.check("read-only root: snapshot -o", one_line(r, f"{s.top}/out/ro"))
    return None


def mount_of(path):
    while not os.path.ismount(path):
        path = os.path.dirname(path)
    return path


def no_processes(tap, s):
    """fork is refused: no looker. An honest end, not a crash."""
    if os.geteuid() != 0:
        return tap.skip("ulimit -u 0", "needs root to become somebody else")

    def few():
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
        nobody()

    r = s.run(*s.good, "--json", pre=few, parent=False)
    bad = basics(r, (3, 70))
    if r.rc == 70:
        bad += one_line(r, status=(70,))
    tap.check("ulimit -u 0: no process can be made", bad + ([str(r)] if bad else []))
    return None


def interrupted(tap, s):
    """SIGINT, SIGTERM, SIGHUP while a look hangs: the program ends at once, nothing of it stays but the stuck look."""
    reason = lib.why_no_fuse()
    if reason:
        return tap.skip("SIGINT during a hang", reason)
    ns = lib.Namespace()
    site = f"{s.top}/v/lib/python%d.%d/site-packages" % sys.version_info[:2]
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        with lib.Server(ns, "hangfs.py", site, "lookup", "30", "dir"):
            p = subprocess.Popen(
                [s.binary, "check", "--timeout", "10", "--python", f"{s.top}/v/bin/python"],
                env=s.env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                preexec_fn=ns.enter,
                start_new_session=True,
                cwd="/",
            )
            time.sleep(0.4)
            bad = [] if p.poll() is None else ["it had ended before"]
            start = time.monotonic()
            p.send_signal(sig)
            try:
                out, err = p.communicate(timeout=3)
            except subprocess.TimeoutExpired:
                p.kill()
                out, err = b"", b"(killed)"
                bad.append("it did not end, or holds its output open")
            secs = time.monotonic() - start
            if secs > seconds_allowed() / 6:
                bad.append(f"took {secs:.2f} s")
            if p.poll() not in (-sig, 128 + sig):
                bad.append(f"status {p.poll()}: a shell cannot see that it was interrupted")
            if out or err.count(b"\n") > 1:
                bad.append(f"says {out!r} {err!r}")
            if len(ns.processes("whycpu-look")) > 1 or ns.processes("whycpu"):
                bad.append("processes are left")
        end = time.monotonic() + 3
        while ns.processes("whycpu-look") and time.monotonic() < end:
            time.sleep(0.01)
        if ns.processes("whycpu-look"):
            bad.append("the looker lives on though it was released")
        tap.check(f"{sig.name} during a hang", bad)
    return None


def main():
    tap = lib.Tap()
    signal.signal(
        signal.SIGALRM,
        lambda *_: (_ for _ in ()).throw(TimeoutError("the whole test took too long")),
    )
    # A shell's background job ignores the first two, one of nohup the third, and so would every program under test.
    for sig in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(sig, signal.SIG_DFL)
    signal.alarm(WALL_SECONDS * (3 if lib.is_asan(sys.argv[1]) else 1))
    top = os.path.realpath(tempfile.mkdtemp(prefix="whycpu-bad-"))
    os.chmod(top, 0o755)
    try:
        s = Setup(os.path.abspath(sys.argv[1]), top)
        os.chmod(f"{top}/san", 0o777)
        for test in (
            usage,
            no_python,
            no_script,
            no_process,
            bad_root,
            broken_torch,
            cyclic_venv,
            surroundings,
            few_descriptors,
            empty_environment,
            stdout_gone,
            snapshots,
            full_disk,
            no_processes,
            interrupted,
        ):
            test(tap, s)
        tap.check("no sanitizer report", lib.sanitizer_reports(f"{top}/san"))
    except TimeoutError as e:
        tap.check("the whole test ends in time", [str(e)])
    finally:
        signal.alarm(0)
        subprocess.run(["chmod", "-R", "u+rwX", top], stderr=subprocess.DEVNULL, check=False)
        subprocess.run(["rm", "-rf", top], check=False)
    return tap.done()


sys.exit(main())
