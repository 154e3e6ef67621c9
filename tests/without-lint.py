#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""without-lint.py PROGRAM : does a build without tree-sitter say so, once, and still answer for the environment?

PROGRAM is whycpu compiled as such a build does. Prints TAP.
"""
import json, os, subprocess, sys

HERE = os.path.dirname(os.path.realpath(__file__))
WHY = "built without the linter; to have it, build again where pip can fetch tree-sitter"
n = failed = 0


def result(name, problems):
    global n, failed
    n += 1
    failed += bool(problems)
    print(f"{'not ok' if problems else 'ok'} {n} - {name}")
    for problem in problems:
        print("#   " + problem.encode("ascii", "backslashreplace").decode()[:300])


def run(program, *args):
    return subprocess.run([program, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30,
                          env={**os.environ, "LC_ALL": "C.UTF-8", "NO_COLOR": "1"})


def lint_problems(program, args):
    done = run(program, "lint", *args)
    if done.returncode != 2 or done.stdout or done.stderr != f"whycpu: this whycpu was {WHY}.\n":
        yield f"{args}: {done.returncode} {done.stdout!r} {done.stderr!r}"


def check_problems(program, case, diagnosis):
    root = f"{HERE}/cases/{case}"
    report = json.loads(run(program, "check", "--root", root, "--json", "train.py").stdout)
    if report["diagnosis"] != diagnosis:
        yield f"the environment's answer is {report['diagnosis']}"
    told = [line for line in report["not_looked_at"] if line == f"the code of train.py was not read: this whycpu was {WHY}"]
    if len(told) != 1:
        yield f"json: {report['not_looked_at']}"
    text = " ".join(run(program, "check", "--root", root, "train.py").stdout.split())
    if text.count(WHY) != 1:
        yield f"text: {text}"
    alone = run(program, "check", "--root", root)
    if "without the linter" in alone.stdout + alone.stderr:
        yield "no script was named, and its code is missed"


def main(program):
    result("lint says so in one line", [p for args in (("train.py",), ("-",), (), ("--fix", "."), ("--format", "json", "."))
                                        for p in lint_problems(program, args)])
    for case, diagnosis in (("code-behind-a-cpu-build", "cpu-only-torch-build"), ("code-sound", "not-a-fault")):
        result(f"{case}: the environment is judged, the code is missed", list(check_problems(program, case, diagnosis)))
    print(f"1..{n}")
    return 1 if failed else 0


sys.exit(main(os.path.abspath(sys.argv[1])))
