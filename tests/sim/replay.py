#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every stored answer of the real torch (answers.tsv) against the prediction for the same machine as a case folder: the state
(states.py) with the recorded build (builds/VERSION).

    replay.py PROGRAM     Prints TAP. Needs neither torch nor root.
"""
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
import builds  # noqa: E402
import oracle  # noqa: E402
import states  # noqa: E402


def stored():
    """(torch, state, answers) of each row."""
    with open(os.path.join(HERE, "answers.tsv"), encoding="utf-8") as f:
        lines = [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]
    for cells in lines[1:]:
        row = dict(zip(lines[0], cells))
        yield row["torch"], row["state"], {key: json.loads(row[key]) for key in (*oracle.QUESTIONS, "warnings")}


def predicted(program, version, state, asked):
    with tempfile.TemporaryDirectory(prefix="whycpu-replay-") as scratch:
        case = os.path.join(scratch, "case")
        builds.compose(state, version, case, asked)
        python = builds.PYTHON if os.path.lexists(case + "/root" + builds.PYTHON) else oracle.DEBIAN
        done = subprocess.run([program, "check", "--json", "--root", case, "--python", python], capture_output=True,
                              timeout=60)
    try:
        return json.loads(done.stdout)
    except ValueError:
        return None


def main():
    program, tap, known = os.path.abspath(sys.argv[1]), oracle.Tap(), oracle.exceptions()
    have, left_out = builds.versions(), 0
    for version, name, truth in stored():
        if version not in have or not builds.can_compose(oracle.ALL[name]):
            left_out += 1
            continue
        report = predicted(program, version, oracle.ALL[name], name in states.ASKED)
        if not report:
            tap.result(f"{version} {name}", ["no report"])
            continue
        differences = list(oracle.differences(truth, report["prediction"]))
        wrong = [text for question, text in differences if not oracle.excused(known, version, name, question)]
        why = {oracle.excused(known, version, name, question) for question, _ in differences}
        tap.result(f"{version} {name}", wrong, "" if wrong or not why else "; ".join(sorted(map(str, why))))
    if left_out:
        tap.result(f"{left_out} answers more", [], "what is broken in those states is not in a recording: only `make oracle` compares them")
    print(f"1..{tap.n}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
