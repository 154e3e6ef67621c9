#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Wall time and peak memory of `whycpu check --json` beside what people do today, from one run, as ratios.

    bench.py PROGRAM        (make bench)

The Python with torch is WHYCPU_BENCH_PYTHON, or the one that `make real-torch` has made. Medians; everything is warm
(one run of each is thrown away first). Memory is that of the largest process. Then the same on crowded machines: a HOME
of 500 environments, a PATH of 10,000 entries, a site-packages of 2,000 packages.

`whycpu lint` is measured beside `ruff check --isolated --no-cache` on the site-packages of that Python, and beside tree-sitter's
own parse of the same files on trees full of torch. ruff and these trees come from the Python registry, once, into the cache;
what cannot be had is SKIPped. There it is processor time that counts, of all processes together: two programs that use every
core differ in wall time by what else the machine does. Ends with 1 if a goal is missed.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
CACHE = os.environ.get("WHYCPU_CACHE", os.path.join(ROOT, ".cache"))
PYTHON = os.environ.get("WHYCPU_BENCH_PYTHON", os.path.join(CACHE, "torch-venv/bin/python"))
RUFF = "ruff==0.17.6"
TREES = {"timm/models": "timm==1.0.31", "transformers/models": "transformers==5.23.0", "torchvision": "torchvision==0.29.2"}
# The exit statuses of check: no cause, a cause, cannot tell.
ANSWERED = (0, 1, 3)


def measure(measurer, runs, command, statuses=(0,), env=None, cwd="/"):
    """(median seconds, largest peak in MB) of warm runs."""
    done = subprocess.run([measurer, str(runs + 1), *command], check=True, stdout=subprocess.PIPE, cwd=cwd,
                          env={**os.environ, **(env or {})})
    rows = [line.split() for line in done.stdout.decode().splitlines()][1:]
    wrong = [row[2] for row in rows if int(row[2]) not in statuses]
    if wrong:
        sys.exit(f"bench: {' '.join(command)} ended with status {wrong[0]}")
    return statistics.median(float(row[0]) for row in rows), max(int(row[1]) for row in rows) * 1024 / 1e6


def measure_lint(measurer, runs, command, is_warm=False):
    """(median wall seconds, median processor seconds, largest peak of one process in MB)"""
    first = 0 if is_warm else 1
    done = subprocess.run([measurer, str(runs + first), *command], check=True, stdout=subprocess.PIPE, cwd="/")
    rows = [line.split() for line in done.stdout.decode().splitlines()][first:]
    if any(int(row[2]) not in (0, 1) for row in rows):
        sys.exit(f"bench: {' '.join(command)} ended with status {rows[0][2]}")
    return (statistics.median(float(row[0]) for row in rows), statistics.median(float(row[3]) for row in rows),
            max(int(row[1]) for row in rows) * 1024 / 1e6)


def fetched(folder, package):
    """The folder that pip has filled with the package, or None."""
    folder = os.path.join(CACHE, folder)
    if os.path.isdir(os.path.join(folder, "done")):
        return folder
    done = subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps",
                           "--no-compile", "--only-binary", ":all:", "--target", folder, package], stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if done.returncode:
        return None
    os.makedirs(os.path.join(folder, "done"))
    return folder


def lint_line(name, wall, cpu, megabytes):
    print(f"{name:40}{wall:10.2f} s {cpu:9.2f} s of processor time{megabytes:8.1f} MB", flush=True)


def bench_ruff(measurer, program):
    ruff = fetched("bench/ruff", RUFF)
    site = os.path.exists(PYTHON) and subprocess.run([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
                                                     stdout=subprocess.PIPE)
    if not ruff or not site or site.returncode:
        print(f"SKIP lint beside ruff: no {RUFF if not ruff else PYTHON}")
        return True
    site = site.stdout.decode().strip()
    ours = measure_lint(measurer, 1, [program, "lint", "--exit-zero", site])
    theirs = measure_lint(measurer, 1, [os.path.join(ruff, "bin/ruff"), "check", "--isolated", "--no-cache", "--quiet", "--exit-zero", site])
    lint_line("whycpu lint, a site-packages with torch", *ours)
    lint_line("ruff check, the same", *theirs)
    return goal("of ruff's processor time", ours[1] / theirs[1], 1, "") & goal("memory of a process", ours[2], 64, " MB")


def bench_dense(measurer, program):
    parse = os.path.join(os.path.dirname(measurer), "parse-time")
    met = True
    for name, package in TREES.items():
        tree = os.path.join(fetched("bench/" + package, package) or "", name)
        if not os.path.isdir(tree):
            print(f"SKIP lint of {name}: no {package}")
            continue
        files = [os.path.join(at, f) for at, _, names in os.walk(tree) for f in names if f.endswith(".py")]
        done = subprocess.run([parse], input="\n".join(files).encode(), stdout=subprocess.PIPE, check=True)
        parse_s, n_files, n_bytes = done.stdout.decode().split()
        # The parse has just read all of them.
        ours = measure_lint(measurer, 1, [program, "lint", "--exit-zero", tree], is_warm=True)
        lint_line(f"whycpu lint, {name}", *ours)
        print(f"{'of it tree-sitter alone':40}{'':13}{float(parse_s):9.2f} s ({n_files} files, {int(n_bytes) / 1e6:.1f} MB)")
        met &= goal("whole run, in parses of its files", ours[1] / float(parse_s), 2, "")
        met &= goal("memory of a process", ours[2], 64, " MB")
    return met


def bench_lint(measurer, program):
    if b"without the linter" in subprocess.run([program, "lint", "-"], input=b"", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE).stderr:
        print("SKIP lint: this whycpu was built without it")
        return True
    return bench_ruff(measurer, program) & bench_dense(measurer, program)


def line(name, seconds, megabytes, base=None):
    ratio = f"{seconds / base:10.0f} x" if base else ""
    print(f"{name:40}{seconds * 1000:10.1f} ms{megabytes:10.1f} MB{ratio}")


def goal(name, value, limit, unit):
    met = value <= limit
    print(f"{'met   ' if met else 'MISSED'} {name}: {value:.2g}{unit} (goal {limit:.2g}{unit})")
    return met


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def make_venv(folder, torch):
    """An environment as venv makes it, with a torch of no more than its text files."""
    site = os.path.join(folder, "lib/python3.11/site-packages")
    write(os.path.join(folder, "pyvenv.cfg"), "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\n")
    os.makedirs(os.path.join(folder, "bin"), exist_ok=True)
    os.symlink(os.path.realpath(sys.executable), os.path.join(folder, "bin/python"))
    write(os.path.join(site, "torch/__init__.py"), "")
    write(os.path.join(site, "torch/version.py"), f"__version__ = '{torch}'\ncuda = None\nhip = None\n")
    write(os.path.join(site, f"torch-{torch}.dist-info/INSTALLER"), "pip\n")
    return site


def crowded(folder):
    """(name, environment, working directory, arguments) of each crowded machine."""
    home = os.path.join(folder, "home")
    for i in range(500):
        make_venv(os.path.join(home, f"project{i}/.venv"), "2.6.0+cpu")
    project = os.path.join(home, "project7")
    yield "500 environments in HOME", {"HOME": home}, project, []
    # One variable may have 128 KiB: thirteen bytes an entry.
    short = next(name for name in (f"/tmp/w{i}" for i in range(10)) if not os.path.lexists(name))
    os.symlink(folder, short)
    try:
        entries = [f"{short}/{i}" for i in range(10000)]
        for i in range(0, 10000, 2):
            os.mkdir(entries[i])
        path = ":".join([*entries, os.path.join(project, ".venv/bin"), "/usr/bin"])
        yield "a PATH of 10,000 entries", {"HOME": home, "PATH": path}, "/", []
    finally:
        os.unlink(short)
    site = make_venv(os.path.join(folder, "full"), "2.6.0+cpu")
    for i in range(2000):
        write(os.path.join(site, f"package{i}/__init__.py"), "")
        write(os.path.join(site, f"package{i}-1.{i}.dist-info/METADATA"), f"Name: package{i}\nVersion: 1.{i}\n")
    yield "a site-packages of 2,000 packages", {}, "/", ["--python", os.path.join(folder, "full/bin/python")]


def bench_crowded(measurer, program, limit_s):
    folder = tempfile.mkdtemp(prefix="whycpu-bench-")
    met = True
    try:
        for name, env, cwd, arguments in crowded(folder):
            seconds, megabytes = measure(measurer, 21, [program, "check", "--json", *arguments], ANSWERED, env, cwd)
            line(name, seconds, megabytes)
            met &= goal("memory", megabytes, 10, " MB")
            if limit_s:
                met &= goal("of the import's time, a hundredth", seconds * 1000, limit_s * 1000, " ms")
    finally:
        shutil.rmtree(folder)
    return met


def main():
    program = os.path.abspath(sys.argv[1])
    measurer = os.path.join(os.path.dirname(os.path.dirname(program)), "tools/measure")
    has_torch = os.path.exists(PYTHON)
    target = ["--python", PYTHON] if has_torch else []
    seconds, megabytes = measure(measurer, 101, [program, "check", "--json", *target], ANSWERED)
    line("whycpu check --json", seconds, megabytes)
    met = goal("memory", megabytes, 10, " MB")
    if not has_torch:
        print(f"SKIP the ratios: no {os.path.relpath(PYTHON)}; type `make real-torch`, or set WHYCPU_BENCH_PYTHON")
        met &= bench_crowded(measurer, program, None)
        return 0 if met & bench_lint(measurer, program) else 1
    probe, probe_mb = measure(measurer, 5, [PYTHON, "-c", "import torch; torch.cuda.is_available()"])
    collect, collect_mb = measure(measurer, 3, [PYTHON, "-m", "torch.utils.collect_env"])
    line("import torch; torch.cuda.is_available()", probe, probe_mb, seconds)
    line("python -m torch.utils.collect_env", collect, collect_mb, seconds)
    met &= goal("of the import's time", seconds / probe, 1 / 100, "")
    met &= goal("of collect_env's time", seconds / collect, 1 / 300, "")
    met &= bench_crowded(measurer, program, probe / 100)
    met &= bench_lint(measurer, program)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
