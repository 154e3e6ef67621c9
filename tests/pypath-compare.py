#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pypath-compare.py WHYCPU : does whycpu list the folders that Python searches, in its order, and find its torch?
The oracle is Python: sys.path and importlib's find_spec("torch") in many environments, made here. What is compared is
sys.path without what whycpu leaves out on purpose: the script's folder, archives, files, and what does not exist.
Prints TAP; skips loudly what a machine lacks."""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

NEEDED = """
import importlib.util, json, sys
spec = importlib.util.find_spec("torch")
print(json.dumps([sys.path[1:], sys.prefix, sys.base_prefix, list(sys.version_info[:2]), spec and spec.origin]))
"""


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

    def truth(self, python, env):
        """What Python says. A .pth line that is code may have changed it; whycpu names such lines in its notes."""
        done = subprocess.run([python, "-c", NEEDED], capture_output=True, text=True, env=env, cwd=self.cwd, timeout=60)
        if done.returncode:
            raise RuntimeError(done.stderr.strip().splitlines()[-1:])
        path, prefix, base, version, torch = json.loads(done.stdout.splitlines()[-1])
        return [d for d in path if os.path.isdir(d)], prefix, base, "%d.%d" % tuple(version), torch

    def ours(self, python, env):
        done = subprocess.run([self.whycpu, "check", "--json", "--python", python], capture_output=True, text=True,
                              env=env, cwd=self.cwd, timeout=60)
        facts = json.loads(done.stdout)["facts"]
        return facts["python"], facts.get("torch", {}).get("dir", {})

    def compare(self, name, python, asked=None, **changes):
        """`asked`: what --python gets, if it is not the path by which Python itself is started."""
        env, problems = self.env(changes), []
        try:
            path, prefix, base, version, torch = self.truth(python, env)
        except (RuntimeError, OSError, ValueError) as e:
            self.tap.skip(name, f"this Python does not start: {e}")
            return
        try:
            ours, found = self.ours(asked or python, env)
        except (ValueError, KeyError) as e:
            self.tap.result(name, [f"whycpu gave no facts of a Python: {e}"])
            return
        if value(ours.get("path")) != path or "unknown" in ours.get("path", {}):
            problems += [f"python {path}", f"whycpu {ours.get('path')}"]
        for key, want in (("prefix", prefix), ("base_prefix", base)):
            if value(ours.get(key)) != want:
                problems.append(f"{key}: python {want}, whycpu {ours.get(key)}")
        got = value(ours.get("version")) or ""
        if got != version and not got.startswith(version + "."):
            problems.append(f"version: python {version}, whycpu {ours.get('version')}")
        if torch and torch.endswith("/__init__.py"):
            right = value(found) == os.path.dirname(torch)
        else:
            right = "unknown" in found if torch else found.get("absent") is True
        self.tap.result(name, problems + ([] if right else [f"torch: python {torch}, whycpu {found}"]))

    def torch(self, folder, kind="package"):
        """Something that may or may not be what `import torch` takes. Returns a function that takes it away."""
        name = {"package": "torch/__init__.py", "namespace": "torch/version.py", "module": "torch.py",
                "relative": "torch_geometric/__init__.py", "case": "Torch/__init__.py"}[kind]
        path = self.file(os.path.relpath(os.path.join(folder, name), self.top))
        return lambda: os.remove(path) if kind == "module" else shutil.rmtree(os.path.dirname(path))

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
             ("only a relative", exe, [(site, "relative")]), ("only in capitals", exe, [(site, "case")]))
    for name, python, places in cases:
        undo = [bench.torch(folder, kind) for folder, kind in places]
        bench.compare(f"torch {name} ({os.path.basename(venv)})", python, PYTHONPATH=one)
        for take_away in undo:
            take_away()


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
                 "hidden"):
        bench.folder(name)
    bench.folder("elsewhere/deep")
    bench.folder(os.path.relpath(os.path.join(site, "../../../relative"), bench.top))
    os.symlink("elsewhere/deep", f"{bench.top}/link")
    bench.file("file.zip")
    top = bench.top.encode()
    files = {"b.pth": PTH.replace(b"%(top)s", top), "a.pth": top + b"/early\n", "C.pth": top + b"/late\n",
             "nul.pth": top + b"/bad\0name\n" + top + b"/after-nul\n", "noend.txt": top + b"/hidden\n"}
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
    copies = bench.venv(f"copies-{label}", python, "--copies")
    if copies and not os.path.islink(f"{copies}/bin/python"):
        bench.compare(f"{label}: venv of copies", f"{copies}/bin/python")
    return venv


def run(bench):
    system = "/usr/bin/python3"
    if not os.path.exists(system):
        bench.tap.skip("system Python", "no /usr/bin/python3")
    others = {os.path.realpath(p) for p in glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin/python3")) +
              glob.glob("/usr/local/bin/python3") + glob.glob("/opt/*/bin/python3") + [sys.executable]}
    others = sorted(p for p in others if p != os.path.realpath(system) and version_of(p))[:3]
    first = None
    for i, python in enumerate([system] * os.path.exists(system) + others):
        label = "system" if python == system else f"other{i}"
        print(f"# {label}: {python}")
        first = with_venvs(bench, python, label) or first
    if not others:
        bench.tap.skip("a Python that is not the system's", "none found in ~/.pyenv, /usr/local, /opt")
    if first:
        make_pth(bench, site_of(first))
        bench.compare("path lines in .pth files", f"{first}/bin/python")
    home = subprocess.run([others[-1] if others else system, "-I", "-c", "import sys; print(sys.base_prefix)"],
                          capture_output=True, text=True, timeout=60).stdout.strip()
    python = others[-1] if others else system
    bench.compare("PYTHONHOME", python, PYTHONHOME=home)
    if first and not others:
        bench.compare("PYTHONHOME in a venv", f"{first}/bin/python", PYTHONHOME=home)
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
