#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Ten screens, byte by byte: they were written by hand as they should read, and the program must meet them.

    screens.py [BIN] [--show] [NAME...]    --show prints what the program says instead; a person decides which is right

tests/screens/NAME/case: the folder of tests/cases, or "-" for none; each further line is an argument, or NAME=VALUE of the
environment. tests/screens/NAME/screen.txt: standard output, then standard error. Prints TAP. Then the colours: who decides.
"""
import difflib
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
ESCAPE = "\x1b["


def lines_of(*parts):
    with open(os.path.join(HERE, *parts), encoding="utf-8") as file:
        return file.read().splitlines()


def said(program, case, *words):
    """What one call says; its own environment is a trap, as in run-cases.py."""
    set_here = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
    args = [word for word in words if not re.match(r"[A-Z_]+=", word)]
    kept = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
    env = {**kept, "PATH": "/nonexistent", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "TERM": "xterm", **set_here}
    root = [] if case == "-" else ["--root", os.path.join(HERE, "cases", case)]
    done = subprocess.run([program, *args, *root], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60)
    # The command that checks again names the folder only in a replay.
    return (done.stdout + done.stderr).decode()


def screen_problems(program, name):
    case, *words = lines_of("screens", name, "case")
    text, wanted = said(program, case, *words), "\n".join(lines_of("screens", name, "screen.txt")) + "\n"
    found = []
    if text != wanted:
        found = list(difflib.unified_diff(wanted.splitlines(), text.splitlines(), "the screen", "the program", lineterm=""))
    return found + [f"over 80 columns: {line}" for line in wanted.splitlines() if len(line) > 80]


COLOURS = {
    "no terminal, no colour": ([], False),
    "--color always": (["--color", "always"], True),
    "--color never beats FORCE_COLOR": (["--color=never", "FORCE_COLOR=1"], False),
    "--color always beats NO_COLOR": (["--color=always", "NO_COLOR=1"], True),
    "FORCE_COLOR": (["FORCE_COLOR=1"], True),
    "FORCE_COLOR=0": (["FORCE_COLOR=0"], False),
    "NO_COLOR beats FORCE_COLOR": (["NO_COLOR=1", "FORCE_COLOR=1"], False),
    "an empty NO_COLOR says nothing": (["NO_COLOR=", "FORCE_COLOR=1"], True),
    "--json is never coloured": (["--json", "--color", "always"], False),
}


def colour_problems(program, words, wanted):
    text = said(program, "cpu-only-torch-build", *words)
    return [] if (ESCAPE in text) == wanted and len(text) > 100 else [f"colour is {ESCAPE in text}: {text[:200]!r}"]


def main(words):
    show = "--show" in words
    words = [w for w in words if w != "--show"]
    program = words.pop(0) if words and os.path.isfile(words[0]) else os.environ["WHYCPU"]
    names = words or sorted(os.listdir(os.path.join(HERE, "screens")))
    program = os.path.abspath(program)
    if show:
        for name in names:
            case, *rest = lines_of("screens", name, "case")
            print(f"==== {name}\n{said(program, case, *rest)}", end="")
        return 0
    if "without the linter" in said(program, "-", "lint", "-"):
        names = [name for name in names if not name.startswith("code-")]
    results = [(f"screen {name}", screen_problems(program, name)) for name in names]
    if not words:
        results += [(title, colour_problems(program, *how)) for title, how in COLOURS.items()]
    print(f"1..{len(results)}")
    for number, (title, problems) in enumerate(results, 1):
        print(f"{'not ok' if problems else 'ok'} {number} - {title}")
        for problem in problems:
            print("#   " + problem.encode("ascii", "backslashreplace").decode())
    return any(problems for _, problems in results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
