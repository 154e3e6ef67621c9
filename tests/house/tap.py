# SPDX-License-Identifier: Apache-2.0
"""The little that every check of the house shares: where the tree is, its files, and TAP."""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))


def tree_files():
    """What is, or would be, under version control: paths relative to ROOT. Without git (a tarball): all but builds."""
    done = subprocess.run(["git", "-C", ROOT, "ls-files", "-zco", "--exclude-standard"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    if done.returncode == 0:
        names = [os.fsdecode(n) for n in done.stdout.split(b"\0") if n]
        return sorted(n for n in names if os.path.lexists(os.path.join(ROOT, n)))
    found = []
    for folder, dirs, files in os.walk(ROOT):
        dirs[:] = [d for d in dirs if d not in ("build", ".cache", ".git", "__pycache__")]
        found += [os.path.relpath(os.path.join(folder, f), ROOT) for f in files]
    return sorted(found)


def c_files(*tops):
    tops = tops or ("src",)
    return [n for n in tree_files() if n.endswith((".c", ".h")) and n.split("/")[0] in tops]


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8", errors="replace") as f:
        return f.read()


class Tap:
    """Results are counted as they come; the plan follows at the end, as TAP allows."""

    def __init__(self):
        self.n, self.failed = 0, 0

    def result(self, name, problems):
        """One result: passes when there are no problems; each problem becomes a line below it."""
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
