#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The numbers of tree-sitter's Python grammar as constants: gen-symbols.py PARSER.c OUT.h

The generated parser keeps its symbols and fields in enums of its own; looking them up by name in every run would cost more
than parsing a short file. A name that the grammar lacks fails the compilation of src/lint/ast_build.c.
"""
import re
import sys

KINDS = {"sym_": "SYM_", "anon_sym_": "TOKEN_", "alias_sym_": "ALIAS_", "field_": "FIELD_"}


def constants(text, enum):
    body = re.search(r"^enum %s \{\n(.*?)^\};" % enum, text, re.M | re.S)
    if not body:
        sys.exit(f"gen-symbols.py: no enum {enum}")
    for name, number in re.findall(r"^\s+(\w+) = (\d+),$", body[1], re.M):
        for prefix, ours in KINDS.items():
            # sym__x is hidden by the grammar unless an alias shows it
            if name.startswith(prefix):
                yield ours + name[len(prefix):].upper(), number


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        text = f.read()
    found = {}
    for enum in "ts_symbol_identifiers", "ts_field_identifiers":
        for name, number in constants(text, enum):
            found.setdefault(name, number)
    with open(sys.argv[2], "w", encoding="utf-8") as f:
        f.write("/* By tools/gen-symbols.py from the grammar. */\nenum {\n")
        f.writelines(f"\t{name} = {number},\n" for name, number in found.items())
        f.write("};\n")


if __name__ == "__main__":
    main()
