#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What does lint say of large real code, and did a person find it true?

    registry.py [BIN] [--install] [NAME...]    BIN: the program, or $WHYCPU; NAME: parts of the names, default all

registry.tsv names packages and public repositories; --install fetches what is missing (pip, git) to $WHYCPU_CACHE/registry, and
without it what is missing is skipped. Nothing of it is imported or run. verdicts.tsv has a row for every error and warning that
lint reports there: true (a bug of theirs), false (ours, to be mended), undecidable (nobody can tell from the source). Fails for
a finding without a row, for one that is false, for a true one that is reported no more, and for a reader that died or hung.
"""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
TREE = os.path.dirname(os.path.dirname(HERE))
CACHE = os.path.join(os.environ.get("WHYCPU_CACHE") or os.path.join(TREE, ".cache"), "registry")
SECONDS = 900
PART = 60  # files or folders that one run of the program reads: a run that dies loses no more
VERDICTS = ("true", "false", "undecidable")


def rows(name):
    with open(os.path.join(HERE, name), encoding="utf-8", newline="") as file:
        return list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE))


def folder(source):
    return os.path.join(CACHE, f"{source['name'].replace('/', '+')}-{source['version'][:12]}")


def orders(source, into):
    """What fetches a source. Wheels only: a source package would run its setup.py."""
    name, version = source["name"], source["version"]
    if source["kind"] == "package":
        return [[sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--only-binary", ":all:",
                 "--disable-pip-version-check", "--root-user-action", "ignore", "--target", into, f"{name}=={version}"]]
    git = ["git", "-C", into]
    return [["git", "init", "--quiet", into], [*git, "fetch", "--quiet", "--depth", "1", f"https://github.com/{name}", version],
            [*git, "checkout", "--quiet", "FETCH_HEAD"]]


def install(source):
    """Fetches a source; its folder is there afterwards, whole, or not at all. Why it could not be fetched."""
    into = folder(source)
    fresh, why = into + ".new", None
    os.makedirs(CACHE, exist_ok=True)
    shutil.rmtree(fresh, ignore_errors=True)
    for order in orders(source, fresh):
        try:
            done = subprocess.run(order, timeout=SECONDS, stdin=subprocess.DEVNULL, capture_output=True)
            words = done.stderr.decode(errors="replace").split("\n")
            why = None if done.returncode == 0 else next((w for w in reversed(words) if w), f"exit {done.returncode}")
        except (OSError, subprocess.TimeoutExpired) as error:
            why = str(error)
        if why:
            shutil.rmtree(fresh, ignore_errors=True)
            return why
    os.rename(fresh, into)
    return None


def parts(root):
    """What one run reads: a package in pieces, its subfolders one level down, and their subfolders where those are many."""
    found = []
    for name in sorted(os.listdir(root)):
        path = os.path.join(root, name)
        if name.startswith(".") or name.endswith((".dist-info", ".libs")):
            continue
        below = [os.path.join(path, sub) for sub in sorted(os.listdir(path))] if os.path.isdir(path) else []
        for sub in below or [path]:
            many = os.listdir(sub) if os.path.isdir(sub) else []
            found += [os.path.join(sub, deep) for deep in sorted(many)] if len(many) > PART else [sub]
    found = [path for path in found if os.path.isdir(path) or path.endswith((".py", ".ipynb"))]
    return [found[i:i + PART] for i in range(0, len(found), PART)]


def lint(binary, source):
    """(findings as (file, line, cell, id) -> severity, files, problems)."""
    root, found, files, problems = folder(source), {}, 0, []
    for part in parts(root):
        names = [os.path.relpath(path, root) for path in part]
        try:
            done = subprocess.run([binary, "lint", "--format", "json", *names], cwd=root, timeout=SECONDS, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            report = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, ValueError) as error:
            problems.append(f"{names[0]} ... {names[-1]}: {type(error).__name__}")
            continue
        files += report["lint_files"]
        problems += [note for note in report["notes"] if re.search(r"\bdied\b|\btook\b", note)]
        problems += [line for line in done.stderr.decode(errors="replace").splitlines() if "died" in line]
        for f in report["findings"]:
            at = f["location"]
            if f["severity"] in ("error", "warning"):
                found[at["file"], str(at["line"]), str(at.get("cell") or ""), f["id"]] = f["severity"]
    return found, files, problems


def judge(source, found, verdicts):
    """Lines that say what is wrong."""
    wrong = []
    mine = {(v["file"], v["line"], v["cell"], v["id"]): v for v in verdicts
            if v["name"] == source["name"] and v["version"] == source["version"][:12]}
    for key, severity in sorted(found.items()):
        at = f"{source['name']} {key[0]}:{key[1]}{' cell ' + key[2] if key[2] else ''} {severity} {key[3]}"
        if key not in mine:
            wrong.append(f"no verdict: {at}")
        elif mine[key]["verdict"] == "false":
            wrong.append(f"known to be false: {at}")
        elif mine[key]["severity"] != severity:
            wrong.append(f"severity was {mine[key]['severity']}: {at}")
    wrong += [f"true, and reported no more: {source['name']} {v['file']}:{v['line']} {v['id']}"
              for key, v in sorted(mine.items()) if v["verdict"] == "true" and key not in found]
    return wrong


def main():
    words = [word for word in sys.argv[1:] if word != "--install"]
    binary = os.environ.get("WHYCPU")
    if words and os.path.isfile(words[0]):
        binary = words.pop(0)
    if not binary:
        sys.exit(__doc__)
    binary = os.path.abspath(binary)
    sources, verdicts = rows("registry.tsv"), rows("verdicts.tsv")
    wrong = [f"verdicts.tsv: no such verdict: {v}" for v in verdicts if v["verdict"] not in VERDICTS or not v["reason"]]
    known = {(s["name"], s["version"][:12]) for s in sources}
    wrong += [f"verdicts.tsv: no such source: {v['name']} {v['version']}" for v in verdicts if (v["name"], v["version"]) not in known]
    n_read = n_files = n_found = 0
    for source in sources:
        if words and not any(word in source["name"] for word in words):
            continue
        if not os.path.isdir(folder(source)) and "--install" in sys.argv:
            why = install(source)
            if why:
                wrong.append(f"not fetched: {source['name']}")
                print(f"not ok - {source['name']} {source['version'][:12]}: not fetched: {why}", flush=True)
                continue
        if not os.path.isdir(folder(source)):
            print(f"# {source['name']} {source['version'][:12]}: not there (--install fetches it)")
            continue
        start = time.monotonic()
        found, files, problems = lint(binary, source)
        news = problems + judge(source, found, verdicts)
        print(f"{'not ok' if news else 'ok'} - {source['name']} {source['version'][:12]}: {files} files, {len(found)} findings,"
              f" {time.monotonic() - start:.0f} s", flush=True)
        for line in news:
            print(f"#   {line}", flush=True)
        wrong += news
        n_read, n_files, n_found = n_read + 1, n_files + files, n_found + len(found)
    counts = {word: sum(v["verdict"] == word for v in verdicts) for word in VERDICTS}
    print(f"# {n_read} sources, {n_files} files, {n_found} findings; verdicts: {counts}; {len(wrong)} wrong")
    return 1 if wrong or not n_read else 0


if __name__ == "__main__":
    sys.exit(main())
