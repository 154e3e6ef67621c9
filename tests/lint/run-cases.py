#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Does lint report the lines that are wrong, and only those?

    run-cases.py [BIN] [--brief] [NAME...]    BIN: the program, or $WHYCPU; NAME: parts of the cases' paths, default all

cases/RULE/NAME.py fires: each line that must be reported ends in `# BUG: RULE` (several: with commas), one that may be in
`# BUG? RULE`. NAME.ok.py is its twin, in which nothing is. A folder NAME/ with main.py and NAME.ok/ are the same over several
files: each of them is also linted alone (not with --brief), which must say the same of it, because who uses it is looked for.
cases/traps/*.ok.py are right programs that look wrong. Findings of severity advice count in their own rule's folder only.
Prints TAP; the numbers are the last comment.
"""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
TREE = os.path.dirname(os.path.dirname(HERE))
CASES = os.path.join(HERE, "cases")
SECONDS = 60
MARK = re.compile(r"#\s*BUG(?P<may>[:?])\s*(?P<ids>[a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)\s*$")


def known_ids():
    """id -> severity, of those that lint can report."""
    ids = {}
    with open(os.path.join(TREE, "data", "causes.tsv"), encoding="utf-8") as file:
        for line in file:
            cells = line.rstrip("\n").split("\t")
            if len(cells) > 4 and cells[2] in ("lint", "both"):
                ids[cells[0]] = cells[4]
    return ids


IDS = known_ids()


def python_files(path):
    if os.path.isfile(path):
        return [path]
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names
                  if name.endswith((".py", ".ipynb")))


def marks(path):
    """What must and what may be reported: sets of (file, line, id), files relative to the case's parent."""
    must, may, wrong = set(), set(), []
    for name in python_files(path):
        with open(name, encoding="utf-8", errors="replace", newline="") as file:
            lines = re.split(r"\r\n|\r|\n", file.read())
        for number, line in enumerate(lines, 1):
            mark = MARK.search(line)
            if not mark:
                if re.search(r"#\s*BUG\b", line):
                    wrong.append(f"{os.path.relpath(name, CASES)}:{number}: a mark that is none: {line.strip()}")
                continue
            for rule in re.split(r"\s*,\s*", mark["ids"]):
                if rule not in IDS:
                    wrong.append(f"{os.path.relpath(name, CASES)}:{number}: no id of lint: {rule}")
                (may if mark["may"] == "?" else must).add((os.path.relpath(name, os.path.dirname(path)), number, rule))
    return must, may, wrong


def run(binary, where, name, below=""):
    """(findings, problems): what lint, called in `where`, reports of `name` as (file, line, id) -> severity."""
    try:
        done = subprocess.run([binary, "lint", "--select", "all", "--format", "json", name], cwd=where, timeout=SECONDS,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return {}, [f"no answer within {SECONDS} s"]
    problems = [f"stderr: {line}" for line in done.stderr.decode(errors="replace").splitlines()[:20]]
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return {}, [*problems, f"exit status {done.returncode}, no JSON"]
    found = {}
    for f in report["findings"]:
        at = f["location"]
        found[(os.path.normpath(os.path.join(below, at["file"])), at["line"], f["id"])] = f["severity"]
    wanted = 1 if "error" in found.values() else 0
    if done.returncode != wanted:
        problems.append(f"exit status {done.returncode}, not {wanted}")
    problems += [f"note: {note}" for note in report.get("notes", []) if "took" in note or "died" in note]
    return found, problems


def judge_alone(binary, path, rule, must, may):
    """The problems of a folder's files, each linted without being told of the others."""
    problems = []
    for file in python_files(path):
        name = os.path.relpath(file, path)
        key = os.path.relpath(file, os.path.dirname(path))
        found, trouble = run(binary, path, name, os.path.basename(path))
        counted = {f for f, severity in found.items() if f[0] == key and (severity != "advice" or f[2] == rule)}
        wanted = {f for f in must if f[0] == key}
        problems += [f"alone: {text}" for text in trouble]
        problems += [f"alone: not reported: {f}:{line} {id_}" for f, line, id_ in sorted(wanted - counted)]
        problems += [f"alone: wrongly reported: {f}:{line} {id_}" for f, line, id_ in sorted(counted - wanted - may)]
    return problems


def judge(binary, path, rule, is_brief):
    """Problems of one case, and (missed, wrongly reported)."""
    must, may, problems = marks(path)
    is_right = re.search(r"\.ok(\.py|\.ipynb)?$", path) is not None
    if is_right and must:
        problems.append("a twin with a mark")
    if not is_right and not any(id_ == rule for _, _, id_ in must):
        problems.append(f"no line is marked with {rule}")
    if not is_right and not os.path.exists(twin_of(path)):
        problems.append(f"no twin {os.path.basename(twin_of(path))}")
    found, trouble = run(binary, *os.path.split(path))
    counted = {key for key, severity in found.items() if severity != "advice" or key[2] == rule}
    missed, wrong = must - counted, counted - must - may
    problems += trouble
    problems += [f"not reported: {name}:{line} {id_}" for name, line, id_ in sorted(missed)]
    problems += [f"wrongly reported: {name}:{line} {id_} ({found[name, line, id_]})" for name, line, id_ in sorted(wrong)]
    if os.path.isdir(path) and not is_brief:
        problems += judge_alone(binary, path, rule, must, may)
    return problems, len(missed), len(wrong)


def twin_of(path):
    stem, ext = os.path.splitext(path) if os.path.isfile(path) else (path, "")
    return stem + ".ok" + ext


def cases():
    """(rule, path) of everything under cases/."""
    found = []
    for rule in sorted(os.listdir(CASES)):
        folder = os.path.join(CASES, rule)
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            if name.startswith((".", "__pycache__")):
                continue
            if os.path.isdir(path) or name.endswith((".py", ".ipynb")):
                found.append((rule, path))
    return found


def main():
    words = sys.argv[1:]
    is_program = words and os.access(words[0], os.X_OK) and not os.path.isdir(words[0])
    binary = os.path.abspath(words.pop(0) if is_program else os.environ["WHYCPU"])
    is_brief = "--brief" in words
    words = [word for word in words if word != "--brief"]
    chosen = [(rule, path) for rule, path in cases()
              if not words or any(word in os.path.relpath(path, CASES) for word in words)]
    without = subprocess.run([binary, "lint", "-"], stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS)
    if b"without the linter" in without.stderr:
        print("1..0 # SKIP this whycpu was built without the linter")
        return 0
    n = failed = missed = wrong = 0
    for rule, path in chosen:
        problems, lost, too_many = judge(binary, path, rule, is_brief)
        if rule != "traps" and rule not in IDS:
            problems.append(f"folder {rule} is no id of lint")
        n, failed, missed, wrong = n + 1, failed + bool(problems), missed + lost, wrong + too_many
        print(f"{'not ok' if problems else 'ok'} {n} - {os.path.relpath(path, CASES)}")
        for problem in problems:
            print(f"# {problem}")
    print(f"1..{n}")
    print(f"# {n} cases, {failed} failed: {missed} lines missed, {wrong} wrongly reported")
    return 1 if failed or not n else 0


if __name__ == "__main__":
    sys.exit(main())
