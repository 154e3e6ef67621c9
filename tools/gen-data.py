#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns data/*.tsv and the pages of the rules into one C file of constant tables: gen-data.py OUT.c DATADIR RULEDIR [DEPFILE]

NAME.tsv becomes `const struct NAME_row NAME_table[]` with a member per column, all texts; src/rules/data.h and
src/lint/data.h declare both, and the compiler reports a column that the header lacks. The output depends on the contents alone.
"""
import os
import re
import sys


def fail(message):
    sys.exit(f"gen-data.py: {message}")


def c_text(text):
    """A C string literal, one piece per line of text."""
    pieces = []
    for line in text.splitlines(keepends=True) or [""]:
        out = ""
        for byte in line.encode():
            char = chr(byte)
            if char in '"\\':
                out += "\\" + char
            elif char == "\n":
                out += "\\n"
            elif char == "?" and out.endswith("?"):
                out += "\\?"  # "??" could begin a trigraph
            elif 0x20 <= byte < 0x7F:
                out += char
            else:
                out += f"\\{byte:03o}"  # three digits, so that a digit may follow
        pieces.append(f'"{out}"')
    return "\n\t\t".join(pieces)


def read(path):
    with open(path, encoding="utf-8", newline="") as f:
        text = f.read()
    if "\r" in text:
        fail(f"{path}: carriage return")
    return text


def rows(path):
    """Header and rows; lines that begin with # and empty lines do not count."""
    lines = [(n, line) for n, line in enumerate(read(path).split("\n"), 1) if line and not line.startswith("#")]
    if not lines:
        fail(f"{path}: no header")
    header = lines[0][1].split("\t")
    for name in header:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            fail(f"{path}: column {name!r} cannot be a member's name")
    found = []
    for number, line in lines[1:]:
        cells = line.split("\t")
        if len(cells) != len(header):
            fail(f"{path}:{number}: {len(cells)} cells, the header has {len(header)}")
        found.append(cells)
    return header, found


def table(name, header, body):
    out = [f"const struct {name}_row {name}_table[] = {{"]
    for cells in body:
        members = ", ".join(f".{column} = {c_text(cell)}" for column, cell in zip(header, cells))
        out.append(f"\t{{ {members} }},")
    out.append("};")
    out.append(f"const size_t n_{name}_table = {len(body)};")
    return out


def names(folder, suffix):
    found = sorted(n[: -len(suffix)] for n in os.listdir(folder) if n.endswith(suffix) and not n.startswith("."))
    if not found:
        fail(f"{folder}: no *{suffix}")
    return found


def write_depfile(path, out_path, *folders):
    """For ninja: the files read, and their folders, whose time changes when a page or a table is added."""
    read_files = [os.path.join(d, n) for d in folders for n in sorted(os.listdir(d)) if n.endswith((".tsv", ".md"))]
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        f.write(f"{out_path}: " + " ".join(n.replace(" ", "\\ ") for n in [*folders, *read_files]) + "\n")


def main():
    if len(sys.argv) not in (4, 5):
        fail("usage: gen-data.py OUT.c DATADIR RULEDIR [DEPFILE]")
    out_path, data_dir, rule_dir = sys.argv[1:4]
    out = ["/* Made by tools/gen-data.py; do not edit. */", '#include "lint/data.h"', '#include "rules/data.h"']
    for name in names(data_dir, ".tsv"):
        out += ["", *table(name, *rows(os.path.join(data_dir, name + ".tsv")))]
    pages = [[name, read(os.path.join(rule_dir, name + ".md"))] for name in names(rule_dir, ".md")]
    out += ["", *table("rule_page", ["id", "text"], pages)]
    with open(out_path, "w", encoding="ascii", newline="\n") as f:
        f.write("\n".join(out) + "\n")
    if len(sys.argv) == 5:
        write_depfile(sys.argv[4], out_path, data_dir, rule_dir)


main()
