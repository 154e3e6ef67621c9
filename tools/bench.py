#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Wall time and peak memory of `whycpu check --json` beside what people do today, from one run, as ratios.

    bench.py PROGRAM        (make bench)

The Python with torch is WHYCPU_BENCH_PYTHON, or the one that `make real-torch` has made. Medians; everything is warm
(one run of each is thrown away first). Memory is that of the largest process. Ends with 1 if a goal is missed.
"""
import os
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
CACHE = os.environ.get("WHYCPU_CACHE", os.path.join(ROOT, ".cache"))
PYTHON = os.environ.get("WHYCPU_BENCH_PYTHON", os.path.join(CACHE, "torch-venv/bin/python"))
# The exit statuses of check: no cause, a cause, cannot tell.
ANSWERED = (0, 1, 3)


def measure(measurer, runs, command, statuses=(0,)):
    """(median seconds, largest peak in MB) of warm runs."""
    done = subprocess.run([measurer, str(runs + 1), *command], check=True, stdout=subprocess.PIPE, cwd="/")
    rows = [line.split() for line in done.stdout.decode().splitlines()][1:]
    wrong = [row[2] for row in rows if int(row[2]) not in statuses]
    if wrong:
        sys.exit(f"bench: {' '.join(command)} ended with status {wrong[0]}")
    return statistics.median(float(row[0]) for row in rows), max(int(row[1]) for row in rows) * 1024 / 1e6


def line(name, seconds, megabytes, base=None):
    ratio = f"{seconds / base:10.0f} x" if base else ""
    print(f"{name:40}{seconds * 1000:10.1f} ms{megabytes:10.1f} MB{ratio}")


def goal(name, value, limit, unit):
    met = value <= limit
    print(f"{'met   ' if met else 'MISSED'} {name}: {value:.2g}{unit} (goal {limit:.2g}{unit})")
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
        return 0 if met else 1
    probe, probe_mb = measure(measurer, 5, [PYTHON, "-c", "import torch; torch.cuda.is_available()"])
    collect, collect_mb = measure(measurer, 3, [PYTHON, "-m", "torch.utils.collect_env"])
    line("import torch; torch.cuda.is_available()", probe, probe_mb, seconds)
    line("python -m torch.utils.collect_env", collect, collect_mb, seconds)
    met &= goal("of the import's time", seconds / probe, 1 / 100, "")
    met &= goal("of collect_env's time", seconds / collect, 1 / 300, "")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
