#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many of the bugs that the oracle confirms does the linter find, at the right line, and what does it report that is none?

    tests/lint/oracle/score.py BIN MUTANTS... [--json FILE] [--misses FILE] [--full]

MUTANTS are folders that mutate.py made. A bug counts as found if an error or a warning with one of its right ids stands on one
of its lines (exact: the first id, on the line that was changed; seen: any error or warning at all). A false alarm is an error or
a warning in a trap (a seed, or a mutant that still runs as meant), or one in a mutant that is on none of its lines and was not
the bug. --json: every number; --misses: what is missed, by operator and by seed, the greatest heap first. Needs no torch.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import subprocess
import sys

SECONDS = 60


def read_manifest(folder):
    with open(os.path.join(folder, "manifest.jsonl"), encoding="utf-8") as f:
        return [{**json.loads(line), "folder": folder} for line in f]


def lint(binary, path):
    """Errors and warnings as (file, line, id, severity, message), or a problem."""
    where, name = os.path.split(path)
    try:
        done = subprocess.run([binary, "lint", "--format", "json", name], cwd=where, timeout=SECONDS,
                              stdin=subprocess.DEVNULL, capture_output=True)
        report = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return None, "out of time"
    except ValueError:
        return None, f"exit {done.returncode}: {done.stderr.decode(errors='replace')[:200]}"
    found = [(f["location"]["file"], f["location"]["line"], f["id"], f["severity"], f.get("message", f.get("title", "")))
             for f in report["findings"] if f["severity"] in ("error", "warning")]
    return found, None


def accepted_lines(row):
    said = row["oracle"]
    return set(row["lines"]) | set(row["near"]) | set(said.get("way", []))


def judge(row, found):
    """(found, exact, seen, extra findings) of a bug."""
    lines = accepted_lines(row)
    if os.path.isdir(os.path.join(row["folder"], row["name"])):
        # The bug, what it meets and what made it are often in three files: the id decides.
        lines |= {f[1] for f in found if f[2] in row["labels"]}
    right = [f for f in found if f[2] in row["labels"] and f[1] in lines]
    exact = any(f[2] == row["labels"][0] and f[1] in row["lines"] for f in found)
    return bool(right), exact, bool(found), [f for f in found if f[1] not in lines]


def score(binary, rows, jobs):
    todo = [r for r in rows if r["class"] in ("bug", "trap")]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        answers = list(pool.map(lambda r: lint(binary, os.path.join(r["folder"], r["name"])), todo))
    out = {"bugs": [], "alarms": [], "problems": []}
    for row, (found, problem) in zip(todo, answers):
        if problem:
            out["problems"].append({"name": row["name"], "problem": problem})
            found = []
        if row["class"] == "trap":
            out["alarms"] += [{"name": row["name"], "operator": row["operator"], "finding": f} for f in found]
            continue
        hit, exact, seen, extra = judge(row, found)
        out["bugs"].append({"name": row["name"], "seed": row["seed"], "operator": row["operator"], "label": row["labels"][0],
                            "lines": row["lines"], "found": hit, "exact": exact, "seen": seen,
                            "said": [f[:4] for f in found], "oracle": row["oracle"]["verdict"]})
        out["alarms"] += [{"name": row["name"], "operator": row["operator"], "finding": f} for f in extra]
    out["traps"] = sum(r["class"] == "trap" for r in todo)
    return out


def table(result, key):
    groups = collections.defaultdict(list)
    for bug in result["bugs"]:
        groups[bug[key]].append(bug)
    print(f"{key:28}{'bugs':>6}{'found':>7}{'exact':>7}{'seen':>6}")
    for name, bugs in sorted(groups.items()):
        print(f"{name:28}{len(bugs):6}" + "".join(f"{sum(b[k] for b in bugs):{w}}" for k, w in
                                                   (("found", 7), ("exact", 7), ("seen", 6))))


def summary(result):
    bugs = result["bugs"]
    n = max(len(bugs), 1)
    said = "  ".join(f"{k} {sum(b[k] for b in bugs)} ({100 * sum(b[k] for b in bugs) / n:.1f} %)" for k in ("found", "exact", "seen"))
    in_traps = len({a["name"] for a in result["alarms"] if a["name"] not in {b["name"] for b in bugs}})
    print(f"{len(bugs)} bugs: {said}; {result['traps']} traps, {in_traps} of them with alarms; "
          f"{len(result['alarms'])} alarms in all; {len(result['problems'])} problems")


def source_line(folders, name, line):
    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as f:
                rows = f.read().splitlines()
            return rows[line - 1].strip()[:90] if 0 < line <= len(rows) else ""
    return ""


def write_misses(result, folders, path):
    missed = [b for b in result["bugs"] if not b["found"]]
    heaps = collections.Counter((b["operator"], b["label"]) for b in missed)
    seeds = collections.Counter(b["seed"] for b in missed)
    total = collections.Counter(b["seed"] for b in result["bugs"])
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"# {len(missed)} of {len(result['bugs'])} confirmed bugs are missed; programs in {', '.join(folders)}\n")
        f.write("\n## False alarms (first!)\n")
        for a in result["alarms"]:
            f.write(f"{a['name']}:{a['finding'][1]} {a['finding'][2]} {a['finding'][4][:110]}\n"
                    f"    {source_line(folders, a['name'], a['finding'][1])}\n")
        f.write("\n## Seeds with most misses (an early unknown ends every proof there)\n")
        for seed, n in seeds.most_common():
            f.write(f"{n:4} of {total[seed]:3}  {seed}\n")
        f.write("\n## By operator\n")
        for (operator, label), n in heaps.most_common():
            f.write(f"\n{n} x {operator} ({label})\n")
            for b in [b for b in missed if (b["operator"], b["label"]) == (operator, label)][:8]:
                line = b["lines"][0]
                f.write(f"    {b['name']}:{line} [{b['oracle']}] {source_line(folders, b['name'], line)}"
                        f"{'   said: ' + str([tuple(s[1:3]) for s in b['said']]) if b['said'] else ''}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", metavar="BIN")
    parser.add_argument("folders", nargs="+", metavar="MUTANTS")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--misses", metavar="FILE")
    parser.add_argument("--full", action="store_true", help="tables by operator and by seed too")
    parser.add_argument("--total", action="store_true", help="the last line only")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    result = score(os.path.abspath(args.binary), [r for f in args.folders for r in read_manifest(f)], args.jobs)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as f:
            json.dump(result, f, indent=1)
    if args.misses:
        write_misses(result, args.folders, args.misses)
    if not args.total:
        table(result, "label")
        if args.full:
            table(result, "operator")
            table(result, "seed")
        for a in result["alarms"][:40]:
            print("alarm:", a["name"], *a["finding"][1:4])
        for p in result["problems"][:20]:
            print("problem:", p["name"], p["problem"])
    summary(result)
    sys.exit(1 if result["problems"] else 0)


if __name__ == "__main__":
    main()
