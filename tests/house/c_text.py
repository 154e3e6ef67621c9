# SPDX-License-Identifier: Apache-2.0
"""C sources as the checks see them: comments and string contents blanked, line numbers kept."""
import re

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def _blank(match):
    text = match[0]
    if text[0] in "\"'":
        return text[0] + text[0]
    return re.sub(r"[^\n]", " ", text)


def code_only(text):
    return TOKEN.sub(_blank, text)


def lines_with(pattern, code):
    """(line number, line) of every line of `code` that holds the pattern."""
    return [(i, line.strip()) for i, line in enumerate(code.splitlines(), 1) if re.search(pattern, line)]


def functions(code):
    """(name, first line, lines between the braces) of every function, given clang-format's layout."""
    found, lines, opened = [], code.splitlines(), None
    for i, line in enumerate(lines, 1):
        if line == "{":
            opened = i
        elif line == "}" and opened:
            found.append((name_above(lines, opened - 1), opened, i - opened - 1))
            opened = None
    return found


def name_above(lines, brace):
    """The name of the function whose opening brace stands on line `brace` (0-based)."""
    head = ""
    for line in reversed(lines[:brace]):
        head = line + " " + head
        if line and not line[0].isspace():
            break
    match = re.search(r"(\w+)\s*\(", re.sub(r"__attribute__\s*\(\(.*?\)\)", "", head))
    return match[1] if match else "?"
