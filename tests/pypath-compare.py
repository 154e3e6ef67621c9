#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pypath-compare.py WHYCPU : does whycpu list the folders that Python searches, in its order, and find its torch?
The oracle is Python: sys.path and importlib's find_spec("torch") in many environments, made here. What is compared is
sys.path without what whycpu leaves out on purpose: archives, files, and what does not exist.
Prints TAP; skips loudly what a machine lacks."""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile

NEEDED = """
import importlib.util, json, os, sys
spec = importlib.util.find_spec("torch")
print(json.dumps([[p or os.getcwd() for p in sys.path], sys.prefix, sys.base_prefix, list(sys.version_info[:2]),
                  spec and spec.origin]))
sys.stdout.flush()
"""
NOBODY = 65534


class Tap:
    def __init__(self):
        self.n, self.failed = 0, 0

    def result(self, name, problems):
        self.n += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.n} - {name}")
        for problem in problems:
            print(f"# {problem}")

    def skip(self, name, reason):
        self.n += 1
        print(f"ok {self.n} - {name} # SKIP {reason}")

    def end(self):
        print(f"1..{self.n}")
        sys.exit(1 if self.failed else 0)


def value(fact):
    return fact.get("v") if isinstance(fact, dict) else None


def version_of(python):
    done = subprocess.run([python, "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
                          capture_output=True, text=True, timeout=60)
    return done.stdout.strip() if done.returncode == 0 else None


class Bench:
    """One folder for everything that is made, and a home in it."""

    def __init__(self, whycpu, top):
        self.whycpu, self.top, self.tap = os.path.realpath(whycpu), top, Tap()
        self.home = self.folder("home")
        self.cwd = self.folder("cwd")

    def folder(self, name):
        path = os.path.join(self.top, name)
        os.makedirs(path, exist_ok=True)
        return path

    def file(self, name, text=b""):
        path = os.path.join(self.top, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(text)
        return path

    def env(self, changes):
        env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": self.home, "LANG": "C.UTF-8"}
        env.update(changes)
        env.update({k: v for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_"))})
        return {k: v for k, v in env.items() if v is not None}

    def run(self, argv, env, nobody=False):
        drop = (lambda: (os.setgroups([]), os.setgid(NOBODY), os.setuid(NOBODY))) if nobody else None
        return subprocess.run(argv, capture_output=True, text=True, env=env, cwd=self.cwd, timeout=60, preexec_fn=drop)

    def truth(self, argv, env, nobody=False):
        """What Python says. A .pth line that is code may have changed it; whycpu names such lines in its notes."""
        done = self.run(argv, env, nobody)
        if done.returncode:
            raise RuntimeError(done.stderr.strip().splitlines()[-1:])
        return self.parsed(done.stdout)

    @staticmethod
    def parsed(text):
        path, prefix, base, version, torch = json.loads(text.splitlines()[-1])
        return [d for d in path if os.path.isdir(d)], prefix, base, "%d.%d" % tuple(version), torch

    def ours(self, args, env, nobody=False):
        facts = json.loads(self.run([self.whycpu, "check", "--json", *args], env, nobody).stdout)["facts"]
        return facts["python"], facts.get("torch", {})

    def compare(self, name, python, asked=None, script=None, nobody=False, **changes):
        """`asked`: what --python gets, if it is not the path by which Python itself is started. `nobody`: as a user who
        may not see everything."""
        env = self.env(changes)
        try:
            truth = self.truth([python, script] if script else [python, "-c", NEEDED], env, nobody)
        except (RuntimeError, OSError, ValueError) as e:
            self.tap.skip(name, f"this Python does not start: {e}")
            return
        args = ["--python", asked or python] + ([script] if script else [])
        self.judge(name, truth, lambda: self.ours(args, env, nobody))

    def compare_first_line(self, name, line, **changes):
        """A script that is started by its own name."""
        env, script = self.env(changes), self.file("scripts/tool", f"{line}\n{NEEDED}".encode())
        os.chmod(script, 0o755)
        try:
            truth = self.truth([script], env)
        except (RuntimeError, OSError, ValueError) as e:
            self.tap.skip(name, f"this script does not start: {e}")
            return
        self.judge(name, truth, lambda: self.ours([script], env))

    def compare_process(self, name, argv, **changes):
        """A running program, by its number."""
        env, ended = self.env(changes), "import time; time.sleep(60)"
        script = self.file("cwd/waits.py", (NEEDED + ended + "\n").encode())
        argv = [script if word == "SCRIPT" else NEEDED + ended if word == "CODE" else word for word in argv]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=env, cwd=self.cwd) as process:
            try:
                truth = self.parsed(process.stdout.readline())
                self.judge(name, truth, lambda: self.ours(["--pid", str(process.pid)], self.env({})))
            except (ValueError, IndexError) as e:
                self.tap.skip(name, f"this Python does not start: {e}")
            finally:
                process.kill()

    def judge(self, name, truth, ask):
        (path, prefix, base, version, torch), problems = truth, []
        try:
            ours, found = ask()
        except (ValueError, KeyError) as e:
            self.tap.result(name, [f"whycpu gave no facts of a Python: {e}"])
            return
        got = [value(ours["first"])] * ("v" in ours.get("first", {})) + (value(ours.get("path")) or [])
        if got != path or "unknown" in ours.get("path", {}) or "unknown" in ours.get("first", {}):
            problems += [f"python {path}", f"whycpu {ours.get('first')} {ours.get('path')}"]
        for key, want in (("prefix", prefix), ("base_prefix", base)):
            if value(ours.get(key)) != want:
                problems.append(f"{key}: python {want}, whycpu {ours.get(key)}")
        got = value(ours.get("version")) or ""
        if got != version and not got.startswith(version + "."):
            problems.append(f"version: python {version}, whycpu {ours.get('version')}")
        where, foreign = found.get("dir", {}), found.get("foreign", {})
        if not torch:
            right = where.get("absent") is True
        elif "v" in foreign:
            right = foreign["from"] == torch
        elif torch.endswith("/__init__.py"):
            right = value(where) == os.path.dirname(torch)
        else:
            right = "unknown" in where and ".zip/" in torch
        self.tap.result(name, problems + ([] if right else [f"torch: python {torch}, whycpu {where} {foreign}"]))

    def torch(self, folder, kind="package"):
        """Something that may or may not be what `import torch` takes. Returns a function that takes it away."""
        names = {"package": ["torch/__init__.py", "torch/version.py"], "namespace": ["torch/version.py"],
                 "own": ["torch/__init__.py"], "module": ["torch.py"], "compiled": ["torch.so"], "abi3": ["torch.abi3.so"],
                 "relative": ["torch_geometric/__init__.py"], "case": ["Torch/__init__.py"]}[kind]
        for name in names:
            path = self.file(os.path.relpath(os.path.join(folder, name), self.top))
        return lambda: shutil.rmtree(os.path.dirname(path)) if "/" in names[0] else os.remove(path)

    def venv(self, name, python, *options):
        path = os.path.join(self.top, name)
        done = subprocess.run([python, "-m", "venv", "--without-pip", *options, path], capture_output=True, text=True,
                              timeout=120)
        if done.returncode:
            print(f"# {python} -m venv: {(done.stdout + done.stderr).strip().splitlines()[:1]}")
            return None
        return path


def with_torch(bench, venv, both):
    """Which of several is taken, by the real importer."""
    cwd = bench.cwd
    one, site = bench.folder("pp/one"), site_of(venv)
    user = glob.glob(f"{bench.home}/.local/lib/{os.path.basename(os.path.dirname(site))}/site-packages")[0]
    exe, more = f"{venv}/bin/python", f"{both}/bin/python"
    cases = (("in the venv", exe, [(site, "package")]),
             ("in PYTHONPATH and the venv", exe, [(one, "package"), (site, "package")]),
             ("in a user site that the venv leaves out", exe, [(user, "package")]),
             ("in a user site", more, [(user, "package")]),
             ("in the venv and the user site", more, [(site_of(both), "package"), (user, "package")]),
             ("a folder without __init__.py alone", exe, [(one, "namespace")]),
             ("a folder without __init__.py first", exe, [(one, "namespace"), (site, "package")]),
             ("a file torch.py first", exe, [(one, "module"), (site, "package")]),
             ("a file torch.py last", exe, [(one, "package"), (site, "module")]),
             ("a file torch.py beside the package", exe, [(one, "module"), (one, "package")]),
             ("only a relative", exe, [(site, "relative")]), ("only in capitals", exe, [(site, "case")]),
             ("torch.py where one stands", exe, [(cwd, "module"), (site, "package")]),
             ("a folder torch where one stands", exe, [(cwd, "own"), (site, "package")]),
             ("a folder without __init__.py where one stands", exe, [(cwd, "namespace"), (site, "package")]),
             ("the package where one stands", exe, [(cwd, "package"), (site, "package")]),
             ("torch.so before torch.py", exe, [(one, "compiled"), (one, "module"), (site, "package")]),
             ("torch.abi3.so before torch.so", exe, [(one, "compiled"), (one, "abi3"), (site, "package")]),
             ("a folder of the user's before the package", exe, [(one, "own"), (site, "package")]),
             ("the package before a folder of the user's", exe, [(one, "package"), (site, "own")]))
    for name, python, places in cases:
        undo = [bench.torch(folder, kind) for folder, kind in places]
        bench.compare(f"torch {name} ({os.path.basename(venv)})", python, PYTHONPATH=one)
        for take_away in undo:
            take_away()
    undo = [bench.torch(cwd, "module"), bench.torch(site, "package")]
    bench.compare(f"PYTHONSAFEPATH and torch.py where one stands ({os.path.basename(venv)})", exe, PYTHONSAFEPATH="1")
    bench.compare(f"PYTHONSAFEPATH set to nothing ({os.path.basename(venv)})", exe, PYTHONSAFEPATH="")
    with_programs(bench, exe, os.path.basename(venv))
    for take_away in undo:
        take_away()


def with_programs(bench, exe, label):
    """Scripts and running programs; a torch.py lies where one stands."""
    code = NEEDED.encode()
    elsewhere = bench.file("scripts/train.py", code)
    here = bench.file("cwd/train.py", code)
    link = f"{bench.top}/cwd/linked.py"
    if not os.path.islink(link):
        os.symlink(elsewhere, link)
    for case, script in (("here", here), ("elsewhere", elsewhere), ("by a relative name", "train.py"),
                         ("by dots", "../scripts/train.py"), ("behind a link", link)):
        bench.compare(f"script {case} ({label})", exe, script=script)
    one = bench.folder("pp/one")
    undo = bench.torch(one, "module")
    for options in ([], ["-I"], ["-E"], ["-s"], ["-Es"], ["-u", "-W", "ignore", "-X", "utf8"], ["-Wignore"]):
        bench.compare_process(f"process {' '.join(options)} SCRIPT ({label})", [exe, *options, "SCRIPT"], PYTHONPATH=one)
    path = f"{os.path.dirname(exe)}:/usr/bin:/bin"
    for line in (f"#!{exe}", f"#! {exe} -E", f"#!{exe} -Is", "#!/usr/bin/env python3", "#!/usr/bin/env -S python3 -E",
                 "#!/usr/bin/env -S A=b python3 -u"):
        bench.compare_first_line(f"first line {line.replace(bench.top, '')}", line, PATH=path, PYTHONPATH=one)
    bench.compare_process(f"process -c ({label})", [exe, "-c", "CODE"])
    bench.compare_process(f"process -Ic ({label})", [exe, "-Ic", "CODE"], PYTHONPATH=one)
    bench.compare_process(f"process -m ({label})", [exe, "-m", "waits"], PYTHONPATH=one)
    undo()


def site_of(venv):
    return glob.glob(f"{venv}/lib/python*/site-packages")[0]


PTH = b"""# a comment
   \t
%(top)s/extra
%(top)s/missing
../../../relative
%(top)s/extra/
%(top)s/blanks  \t
%(top)s/with blank
%(top)s/a/../dots
%(top)s/link/../lexical
%(top)s/file.zip
%(top)s/crlf\r
import os
%(top)s/last"""


def make_pth(bench, site):
    """Path lines of every kind, in files whose order matters."""
    for name in ("extra", "blanks", "with blank", "dots", "lexical", "crlf", "last", "early", "late", "after-nul",
                 "hidden", "marked", "behind-mark", "dot"):
        bench.folder(name)
    bench.folder("elsewhere/deep")
    bench.folder(os.path.relpath(os.path.join(site, "../../../relative"), bench.top))
    if not os.path.islink(f"{bench.top}/link"):
        os.symlink("elsewhere/deep", f"{bench.top}/link")
    bench.file("file.zip")
    top = bench.top.encode()
    files = {"b.pth": PTH.replace(b"%(top)s", top), "a.pth": top + b"/early\n", "C.pth": top + b"/late\n",
             "nul.pth": top + b"/bad\0name\n" + top + b"/after-nul\n", "noend.txt": top + b"/hidden\n",
             "mark.pth": b"\xef\xbb\xbf" + top + b"/marked\n" + top + b"/behind-mark\n", ".dot.pth": top + b"/dot\n"}
    for name, text in files.items():
        bench.file(os.path.relpath(os.path.join(site, name), bench.top), text)


def with_venvs(bench, python, label):
    user = bench.folder(f"home/.local/lib/python{version_of(python)}/site-packages")
    bench.file(os.path.relpath(f"{user}/user.pth", bench.top), bench.folder("from-user-pth").encode() + b"\n")
    bench.compare(f"{label}: plain, with a user site", python)
    bench.compare(f"{label}: PYTHONNOUSERSITE", python, PYTHONNOUSERSITE="1")
    bench.compare(f"{label}: PYTHONNOUSERSITE set to nothing", python, PYTHONNOUSERSITE="")
    base = bench.folder("userbase")
    bench.folder(f"userbase/lib/python{version_of(python)}/site-packages")
    bench.compare(f"{label}: PYTHONUSERBASE", python, PYTHONUSERBASE=base)
    bench.compare(f"{label}: no HOME", python, HOME=None)
    bench.compare(f"{label}: HOME set to nothing", python, HOME="")
    one = bench.folder("pp/one")
    for case, path in (("in order", f"{one}:{bench.folder('pp/two')}"), ("twice", f"{one}:{one}/"),
                       ("an empty part", f"{one}::"), ("set to nothing", ""), ("relative", "sub:./sub/../other"),
                       ("missing folder", f"{bench.top}/none:{one}"), ("a file", f"{__file__}:{one}")):
        bench.folder("cwd/sub"), bench.folder("cwd/other")
        bench.compare(f"{label}: PYTHONPATH, {case}", python, PYTHONPATH=path)
    venv = bench.venv(f"venv-{label}", python)
    if not venv:
        bench.tap.skip(f"{label}: venv", "python -m venv does not work here")
        return
    exe = f"{venv}/bin/python"
    bench.compare(f"{label}: venv", exe)
    bench.compare(f"{label}: venv, PYTHONPATH", exe, PYTHONPATH=one)
    bench.compare(f"{label}: venv by its folder", exe, asked=venv)
    bench.compare(f"{label}: venv, relative folder", exe, asked=os.path.relpath(venv, bench.cwd))
    bench.compare(f"{label}: venv on PATH", exe, asked="python", PATH=f"{venv}/bin:/usr/bin:/bin")
    os.symlink(venv, f"{bench.top}/link-to-{label}")
    bench.compare(f"{label}: venv behind a link to its folder", f"{bench.top}/link-to-{label}/bin/python")
    os.symlink(exe, f"{bench.top}/python-{label}")
    bench.compare(f"{label}: a link to the venv's program leaves the venv", f"{bench.top}/python-{label}")
    inner = bench.venv(f"inner-{label}", exe)
    if inner:
        bench.compare(f"{label}: venv made from a venv", f"{inner}/bin/python")
    both = bench.venv(f"both-{label}", python, "--system-site-packages")
    if both:
        bench.compare(f"{label}: venv with system site packages", f"{both}/bin/python")
        bench.compare(f"{label}: the same without the user site", f"{both}/bin/python", PYTHONNOUSERSITE="1")
        with_torch(bench, venv, both)
    make_pth(bench, site_of(venv))
    bench.compare(f"{label}: path lines in .pth files", exe)
    copies = bench.venv(f"copies-{label}", python, "--copies")
    if copies and not os.path.islink(f"{copies}/bin/python"):
        bench.compare(f"{label}: venv of copies", f"{copies}/bin/python")
    return venv


def is_judged(version):
    return version and tuple(map(int, version.split("."))) >= (3, 8)


def with_namespace(bench, python):
    """A process that has other files at the same places, as in a container: only its own view shows its torch."""
    if subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        bench.tap.skip("process in another mount namespace", "unshare -m is not allowed here")
        return
    place = bench.folder("inside")
    script = (f"mount -t tmpfs none {place} && mkdir {place}/torch && touch {place}/torch/__init__.py && "
              f"echo > {place}/torch/version.py && exec {python} -c \"$0\"")
    bench.compare_process("process in another mount namespace", ["unshare", "-m", "sh", "-c", script, "CODE"],
                          PYTHONPATH=place)


def with_zips(bench, python):
    for name, members in (("plain.zip", ["py4j/__init__.py", "torch_like.py"]), ("torch.zip", ["torch/__init__.py"]),
                          ("module.zip", ["torch.py"])):
        with zipfile.ZipFile(f"{bench.top}/{name}", "w") as archive:
            for member in members:
                archive.writestr(member, "")
    bench.compare("a zip without torch in PYTHONPATH", python, PYTHONPATH=f"{bench.top}/plain.zip")
    for name in ("torch.zip", "module.zip"):
        env = bench.env({"PYTHONPATH": f"{bench.top}/{name}"})
        truth = bench.truth([python, "-c", NEEDED], env)[4]
        ours = bench.ours(["--python", python], env)[1].get("dir", {})
        bench.tap.result(f"{name} in PYTHONPATH", [] if name in truth and "unknown" in ours else [f"{truth} {ours}"])


def with_forbidden(bench, python):
    """What may be entered and not listed is empty for Python; what may not be entered is not there."""
    if os.getuid() != 0 or not os.path.exists(python):
        bench.tap.skip("forbidden folders", "needs root and a system Python")
        return
    os.chmod(bench.top, 0o755)
    bench.whycpu = shutil.copy(bench.whycpu, f"{bench.top}/whycpu")
    venv = bench.venv("venv-forbidden", python)
    site, exe = site_of(venv), f"{venv}/bin/python"
    undo = bench.torch(site, "package")
    bench.file(os.path.relpath(f"{site}/more.pth", bench.top), bench.folder("more").encode() + b"\n")
    more = bench.torch(f"{bench.top}/more", "package")
    for case, mode, path in (("as usual", 0o755, site), ("site-packages without r", 0o711, site),
                             ("site-packages without x", 0o744, site), ("site-packages without both", 0o700, site),
                             ("torch without x", 0o744, f"{site}/torch"), ("torch without r", 0o711, f"{site}/torch"),
                             ("__init__.py without r", 0o600, f"{site}/torch/__init__.py"),
                             ("a .pth file without r", 0o600, f"{site}/more.pth")):
        before = os.stat(path).st_mode & 0o777
        os.chmod(path, mode)
        bench.compare(f"forbidden: {case}", exe, nobody=True)
        os.chmod(path, before)
    own = bench.torch(bench.cwd, "module")
    os.chmod(bench.cwd, 0o711)
    bench.compare("forbidden: torch.py where one stands and may not list", exe, nobody=True)
    os.chmod(bench.cwd, 0o755)
    own(), more(), undo()


def run(bench):
    system = "/usr/bin/python3"
    if not os.path.exists(system):
        bench.tap.skip("system Python", "no /usr/bin/python3")
    others = {os.path.realpath(p) for p in glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin/python3")) +
              glob.glob("/usr/local/bin/python3") + glob.glob("/opt/*/bin/python3") + [sys.executable]}
    others = sorted(p for p in others if p != os.path.realpath(system) and is_judged(version_of(p)))
    first = None
    for i, python in enumerate([system] * os.path.exists(system) + others):
        label = "system" if python == system else f"other{i}"
        print(f"# {label}: {python}")
        first = with_venvs(bench, python, label) or first
    if not others:
        bench.tap.skip("a Python that is not the system's", "none found in ~/.pyenv, /usr/local, /opt")
    with_namespace(bench, system)
    with_zips(bench, system)
    with_forbidden(bench, system)
    home = subprocess.run([others[-1] if others else system, "-I", "-c", "import sys; print(sys.base_prefix)"],
                          capture_output=True, text=True, timeout=60).stdout.strip()
    python = others[-1] if others else system
    bench.compare("PYTHONHOME", python, PYTHONHOME=home)
    if first and not others:
        bench.compare("PYTHONHOME in a venv", f"{first}/bin/python", PYTHONHOME=home)
    link = bench.folder("home/.local/bin") + "/python3.99"
    os.symlink(python, link)
    bench.compare("a link as uv makes them in ~/.local/bin", link, asked="python3.99", PATH=os.path.dirname(link))
    env = bench.env({"PYTHONHOME": f"{bench.top}/none"})
    starts = bench.run([python, "-c", ""], env).returncode == 0
    ours, found = bench.ours(["--python", python], env)
    bench.tap.result("PYTHONHOME that does not exist", [] if not starts and ours["base_prefix"].get("absent") and
                     "unknown" in found.get("dir", {}) else [f"starts: {starts}; {ours['base_prefix']} {found}"])
    with_pyenv(bench)
    with_tools(bench, system)


def with_pyenv(bench):
    """The shims of a pyenv, each way of choosing a version; the oracle is pyenv itself."""
    shim = os.path.expanduser("~/.pyenv/shims/python3")
    versions = sorted(os.path.basename(os.path.dirname(os.path.dirname(p)))
                      for p in glob.glob(os.path.expanduser("~/.pyenv/versions/3.*/bin/python3")))
    if not os.path.exists(shim) or not versions:
        bench.tap.skip("pyenv", "no ~/.pyenv with a Python here")
        return
    short = versions[-1].rpartition(".")[0]
    for wish in (versions[0], versions[-1], short, "system", f"99.9:{versions[0]}", f"{versions[0]}:system", "99.9",
                 f"python-{versions[0]}"):
        bench.compare(f"pyenv: PYENV_VERSION={wish}", shim, PYENV_VERSION=wish)
    bench.compare("pyenv: its global version", shim)
    local = {"cwd": f"{versions[0]}\n".encode(), "a comment, blanks, CRLF": f"# mine\r\n\r\n {short} \r\n".encode(),
             "empty": b"", "two": f"99.9\n{versions[0]}\n".encode(), "a way out": b"../../..\n"}
    for case, text in local.items():
        bench.file("cwd/.python-version", text)
        bench.compare(f"pyenv: .python-version, {case}", shim)
    os.remove(f"{bench.cwd}/.python-version")
    bench.file(".python-version", f"{versions[0]}\n".encode())
    bench.compare("pyenv: .python-version above", shim)
    os.remove(f"{bench.top}/.python-version")


def with_tools(bench, system):
    for tool, argv in (("virtualenv", ["virtualenv", "--without-pip", "-q"]), ("uv", ["uv", "venv", "-q", "--offline"]),
                       ("conda", ["conda", "create", "-q", "-y", "--offline", "-p"])):
        if not shutil.which(tool):
            bench.tap.skip(f"an environment made by {tool}", f"no {tool} here")
            continue
        path = os.path.join(bench.top, tool)
        done = subprocess.run([*argv, path] + ([] if tool == "conda" else ["--python", system]), capture_output=True,
                              text=True, timeout=120)
        if done.returncode or not os.path.exists(f"{path}/bin/python"):
            bench.tap.skip(f"an environment made by {tool}", f"{tool} failed: {done.stderr.strip()[:80]!r}")
        else:
            bench.compare(f"an environment made by {tool}", f"{path}/bin/python")


if __name__ == "__main__":
    program = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("WHYCPU", "")
    if not os.access(program, os.X_OK):
        sys.exit("usage: pypath-compare.py WHYCPU")
    with tempfile.TemporaryDirectory(prefix="whycpu-pypath-") as folder:
        machine = Bench(program, os.path.realpath(folder))
        run(machine)
        machine.tap.end()
