#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What does torch say of the written cases (tests/lint/cases)? A twin must not complain about devices; a case that claims a crash or
a silent CPU should show it.

    .cache/torch-venv/bin/python tests/lint/oracle/cases.py [NAME...]      NAME: parts of the cases' paths, default all

Most cases are fragments that do not run by themselves (unread names, other libraries): those are counted, not judged. Rules whose
harm no such run shows (several GPUs or processes, memory, advice) are left out. Exit 1 if a twin is wrong.
"""
import argparse
import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import oracle  # noqa: E402

CASES = os.path.join(os.path.dirname(HERE), "cases")
# Rules that one process on one GPU cannot show.
ELSEWHERE = ("ddp-", "oom-", "cvd-", "hard-coded", "load-no", "loader-no", "sync-", "cpu-compute", "fork-", "wrong-gpu",
             "code-is-available", "optimizer-before-move", "half-on-cpu", "device-param", "name-not-imported",
             "allocation-impossible", "dp-model", "optimizer-state")


def all_cases(words):
    for rule in sorted(os.listdir(CASES)):
        for name in sorted(os.listdir(os.path.join(CASES, rule))):
            path = os.path.join(CASES, rule, name)
            if name.endswith(".py") or os.path.isfile(os.path.join(path, "main.py")):
                if not words or any(w in os.path.relpath(path, CASES) for w in words):
                    yield rule, path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", metavar="NAME")
    args = parser.parse_args()
    oracle.need_torch()
    todo = list(all_cases(args.words))
    rules = {path: rule for rule, path in todo}
    counts = {}
    wrong = 0
    for path, said in oracle.run_all([path for _, path in todo], oracle.settings(timeout=20, gpus=4)):
        name = os.path.relpath(path, CASES)
        twin = ".ok" in os.path.basename(path)
        device = said["verdict"] == "raises" and said["kind"] == "device"
        if twin and device:
            wrong += 1
            print(f"WRONG TWIN {name}:{said.get('line')} {said['error'][:120]}")
        shown = device or said["verdict"] == "cpu" or said.get("untrained")
        if not twin and said["verdict"] == "fine" and not shown and not rules[path].startswith(ELSEWHERE):
            print(f"not shown  {name}: runs on the GPU as it stands")
        key = ("twin" if twin else "case", said["verdict"] + (" (" + said["kind"] + ")" if "kind" in said else ""))
        counts[key] = counts.get(key, 0) + 1
    for (kind, verdict), n in sorted(counts.items()):
        print(f"{n:5} {kind}: {verdict}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
