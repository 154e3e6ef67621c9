#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Do the fixes of lint change in a notebook what they should, and nothing else? BIN is the program, or $WHYCPU.

Each notebook is made here in the many ways in which programs write JSON. What must come out of --fix is made in the same way
from the cells as a person would mend them: it has to be the same file, byte for byte. Prints TAP.
"""
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile

BINARY = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.environ["WHYCPU"])
n = failed = 0


def result(name, problems):
    global n, failed
    n += 1
    failed += bool(problems)
    print(f"{'not ok' if problems else 'ok'} {n} - {name}")
    for problem in problems:
        print(f"# {problem!r}"[:600])


def lint(folder, *args, stdin=b"", **env):
    return subprocess.run([BINARY, "lint", *args], cwd=folder, input=stdin, capture_output=True, timeout=120,
                          env={**os.environ, "LC_ALL": "C.UTF-8", "NO_COLOR": "", **env})


def write(folder, name, content):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(content)
    return path


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def in_folder(test):
    def run():
        with tempfile.TemporaryDirectory() as folder:
            try:
                problems = list(test(folder) or [])
            except (ValueError, KeyError, IndexError, OSError, subprocess.TimeoutExpired) as error:
                problems = [f"{type(error).__name__}: {error}"]
            result(test.__doc__, problems)
    run.test = True
    return run


# ---- notebooks

def code(text, form):
    source = text if form == "string" else text.splitlines(True)
    return {"cell_type": "code", "execution_count": None, "id": "a1", "metadata": {"tags": ["\u00fc"]},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["x.to(device)\n", "\"source\": [\n"]}], "source": source}


def book(cells, form="list"):
    """Of texts: a str is code, what stands in a tuple is Markdown."""
    made = [{"cell_type": "markdown", "metadata": {}, "source": list(cell)} if isinstance(cell, tuple) else code(cell, form) for cell in cells]
    return {"cells": made, "metadata": {"language_info": {"name": "python"}, "source": ["x.to(device)"]}, "nbformat": 4, "nbformat_minor": 5}


STYLES = {
    "jupyter": lambda b: json.dumps(b, indent=1, ensure_ascii=False, sort_keys=True) + "\n",
    "ascii": lambda b: json.dumps(b, indent=1),
    "wide": lambda b: json.dumps(b, indent=4, ensure_ascii=False).replace("\n", "\r\n"),
    "tabs": lambda b: json.dumps(b, indent="\t", separators=(",", " : "), ensure_ascii=False) + "\n",
    "one line": lambda b: json.dumps(b),
    "minified": lambda b: json.dumps(b, separators=(",", ":"), ensure_ascii=False),
}

HEAD = "import torch\nimport torch.nn as nn\ndevice = torch.device('cuda')\nmodel = nn.Linear(2, 2).to(device)"
# name: (cells, cells as they must be, options)
EDITS = {
    "a result that is thrown away": (
        [("# Größe\n",), HEAD, "größe = torch.ones(2, 2)  # \"宽\" \\ \U0001f600\ngröße.to(device)\nprint(model(größe))"],
        [("# Größe\n",), HEAD, "größe = torch.ones(2, 2)  # \"宽\" \\ \U0001f600\ngröße = größe.to(device)\nprint(model(größe))"], ()),
    "a line more": (
        ["%matplotlib inline\n" + HEAD, ("text",), "print(os.getcwd())"],
        ["%matplotlib inline\nimport os\n" + HEAD, ("text",), "print(os.getcwd())"], ()),
    "a line more in a cell of one line": (
        ["import torch", "print(torch.ones(2), os.getcwd())"],
        ["import os\nimport torch", "print(torch.ones(2), os.getcwd())"], ()),
    "an expression of several lines": (
        [HEAD, "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.layers = [\n            nn.Linear(2, 2),\n"
               "            nn.Linear(2, 2),\n        ]\n\n    def forward(self, x):\n        for layer in self.layers:\n            x = layer(x)\n"
               "        return x\n\nnet = Net().to(device)\nprint(net(torch.ones(2, 2).to(device)))\n"],
        [HEAD, "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.layers = nn.ModuleList([\n"
               "            nn.Linear(2, 2),\n            nn.Linear(2, 2),\n        ])\n\n    def forward(self, x):\n        for layer in self.layers:\n"
               "            x = layer(x)\n        return x\n\nnet = Net().to(device)\nprint(net(torch.ones(2, 2).to(device)))\n"], ()),
    "two in one cell": (
        [HEAD + "\nx = torch.ones(2, 2)\ny = torch.ones(2, 2)\nx.to(device)\ny.to(device)\nprint(model(x) + model(y))"],
        [HEAD + "\nx = torch.ones(2, 2)\ny = torch.ones(2, 2)\nx = x.to(device)\ny = y.to(device)\nprint(model(x) + model(y))"], ()),
    "three in two cells": (
        [HEAD, "x = torch.ones(2, 2)\nx.to(device)\nprint(model(x))\n", "y = torch.ones(2, 2)\ny.to(device)\nprint(model(y), os.getcwd())"],
        ["import os\n" + HEAD, "x = torch.ones(2, 2)\nx = x.to(device)\nprint(model(x))\n",
         "y = torch.ones(2, 2)\ny = y.to(device)\nprint(model(y), os.getcwd())"], ()),
    "a magic in front of the statement": (
        [HEAD, "x = torch.ones(2, 2)\n%time x.to(device)\n!nvidia-smi\nout = !ls\nprint(model(x))"],
        [HEAD, "x = torch.ones(2, 2)\n%time x = x.to(device)\n!nvidia-smi\nout = !ls\nprint(model(x))"], ()),
    "a magic of the cell": (
        ["%%time\n" + HEAD, "%%capture out\nx = torch.ones(2, 2)\nx.to(device)\nprint(model(x), os.getcwd())"],
        ["%%time\nimport os\n" + HEAD, "%%capture out\nx = torch.ones(2, 2)\nx = x.to(device)\nprint(model(x), os.getcwd())"], ()),
    "line ends of Windows in the cells": (
        [HEAD.replace("\n", "\r\n"), "x = torch.ones(2, 2)\r\nx.to(device)\r\nprint(model(x), os.getcwd())"],
        ["import os\r\n" + HEAD.replace("\n", "\r\n"), "x = torch.ones(2, 2)\r\nx = x.to(device)\r\nprint(model(x), os.getcwd())"], ()),
    "one that is only likely right": (
        [HEAD, "x = torch.ones(2, 2).to(device)\nprint(F.relu(model(x)))"],
        ["import torch.nn.functional as F\n" + HEAD, "x = torch.ones(2, 2).to(device)\nprint(F.relu(model(x)))"], ("--unsafe-fixes",)),
}


def one_edit(folder, style, form, before, after, options):
    old, new = (STYLES[style](book(cells, form)).encode() for cells in (before, after))
    path = write(folder, "a.ipynb", old)
    diff = lint(folder, "--diff", *options, "a.ipynb")
    if read(folder, "a.ipynb") != old or diff.stderr or b", line " not in b"".join(diff.stdout.splitlines(True)[2:3]):
        yield f"--diff: {diff.stderr!r} {diff.stdout[:300]!r}"
    patched = shutil.copy(path, os.path.join(folder, "patched"))
    if subprocess.run(["patch", "-s", "--binary", patched], input=diff.stdout, cwd=folder).returncode or read(folder, "patched") != new:
        yield f"the diff makes something else: {diff.stdout!r}"
    piped = lint(folder, "--diff", *options, "-", stdin=old)
    if piped.stdout.splitlines()[2:] != diff.stdout.splitlines()[2:]:
        yield f"standard input gives another diff: {piped.stdout!r}"
    done = lint(folder, "--fix", *options, "a.ipynb")
    if read(folder, "a.ipynb") != new or done.returncode:
        yield f"--fix: {done.returncode} {done.stdout!r} made of it {read(folder, 'a.ipynb')!r}"
    lint(folder, "--fix", *options, "a.ipynb")
    if read(folder, "a.ipynb") != new:
        yield "not idempotent"


def edits():
    """The Cartesian product would take minutes: each notebook in its two forms, and in one style after the other."""
    styles = list(STYLES)
    for i, (name, (before, after, options)) in enumerate(EDITS.items()):
        problems = []
        for k, form in enumerate(("list", "string", "list")):
            style = styles[(i * 3 + k) % len(styles)] if k else "jupyter"
            with tempfile.TemporaryDirectory() as folder:
                problems += [f"{style}, {form}: {p}" for p in one_edit(folder, style, form, before, after, options)]
        result(f"{name}: the file is the same but for the edit", problems)


@in_folder
def spoken(folder):
    """a diff names cell and line of each change"""
    cells = [("# title",), HEAD, ("text",), "x = torch.ones(2, 2)\nx.to(device)\nprint(model(x))\n"]
    for style, form, lines in (("jupyter", "list", 1), ("jupyter", "string", 1), ("minified", "list", 1)):
        write(folder, "a.ipynb", STYLES[style](book(cells, form)).encode())
        heads = [row for row in lint(folder, "--diff", "a.ipynb").stdout.decode().splitlines() if row.startswith("@@")]
        if len(heads) != lines or not heads[0].endswith("@@ cell 4, line 2"):
            yield f"{style}, {form}: {heads}"
    cells = ["print(os.getcwd())\n" + HEAD, "x = torch.ones(2, 2)\nx.to(device)\nprint(model(x))\n"]
    write(folder, "a.ipynb", STYLES["minified"](book(cells)).encode())
    if b"@@ cell 1, line 1; cell 2, line 2\n" not in lint(folder, "--diff", "a.ipynb").stdout:
        yield "two cells on one line of the file"


@in_folder
def told_by_cell(folder):
    """a sentence about another line names its cell"""
    model = ("from torch import nn\nclass Scale(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
             "        self.by = torch.ones(3)\n    def forward(self, x):\n        return x * self.by\n")
    cells = ["import torch\n", model, ("text",), "scale = Scale().cuda()\nscale(torch.ones(2, 3).cuda())\n"]
    write(folder, "a.ipynb", STYLES["jupyter"](book(cells)).encode())
    found = json.loads(lint(folder, "--format", "json", "a.ipynb").stdout)["findings"]
    if len(found) != 1 or "cell 2, line 7 raises" not in found[0]["title"]:
        yield f"{found}"


@in_folder
def far_apart(folder):
    """between two changes that lie far apart nothing is shown as changed"""
    made = book([HEAD, "x = torch.ones(2, 2)\nx.to(device)\nprint(model(x), os.getcwd())"])
    made["cells"][0]["outputs"][0]["text"] = [f"step {i}\n" for i in range(20000)]
    write(folder, "a.ipynb", STYLES["jupyter"](made).encode())
    diff = lint(folder, "--diff", "a.ipynb").stdout
    signs = [row[:1] for row in diff.splitlines()[2:] if not row.startswith(b"@@")]
    if diff.count(b"@@ cell") != 2 or signs.count(b"+") != 2 or signs.count(b"-") != 1 or b"\n@@ -200" not in diff:
        yield diff[:500]


@in_folder
def as_written(folder):
    """escapes that need not be, odd blanks and a list of half lines stay as they were written"""
    raw = ('{ "nbformat":4 ,\n"cells" : [ { "cell_type":"code","source"\t:\n [ "\\u0069mport torch\\ndevice = \'cuda\'\\n" , '
           '"x = torch.ones(2)" ,"  # \\u00e9\\/\\n", "x.to(",\n"device)\\n"  , "" , "print(x + torch.ones(2, device=device))" ] ,'
           '"metadata":{} , "outputs":[{"data":{"nan":[NaN , -Infinity]}}]} ] }\n').encode()
    write(folder, "a.ipynb", raw)
    done = lint(folder, "--fix", "a.ipynb")
    if read(folder, "a.ipynb") != raw.replace(b'"x.to("', b'"x = x.to("') or b"1 finding fixed" not in done.stdout:
        yield f"{done.stdout!r} {read(folder, 'a.ipynb')!r}"


@in_folder
def careful(folder):
    """mode and links stay, and format 3 is refused in one line"""
    old = STYLES["jupyter"](book([HEAD, "x = torch.ones(2, 2)\nx.to(device)\nprint(model(x))"])).encode()
    os.chmod(write(folder, "real.ipynb", old), 0o640)
    os.symlink("real.ipynb", f"{folder}/link.ipynb")
    lint(folder, "--fix", "link.ipynb")
    mode = stat.S_IMODE(os.stat(f"{folder}/real.ipynb").st_mode)
    if not os.path.islink(f"{folder}/link.ipynb") or read(folder, "real.ipynb") == old or mode != 0o640:
        yield f"link or mode: {oct(mode)}"
    if set(os.listdir(folder)) != {"real.ipynb", "link.ipynb"}:
        yield f"files were left: {os.listdir(folder)}"
    cells = [{"cell_type": "code", "input": text.splitlines(True), "language": "python", "outputs": []}
             for text in (HEAD, "x = torch.ones(2, 2)\nx.to(device)\ny = torch.ones(2, 2)\ny.to(device)\nprint(model(x) + model(y))")]
    old = json.dumps({"worksheets": [{"cells": cells}], "metadata": {}, "nbformat": 3}, indent=1).encode()
    write(folder, "three.ipynb", old)
    for args in (("--fix",), ("--diff",), ("--fix", "--unsafe-fixes")):
        done = lint(folder, *args, "three.ipynb")
        told = [row for row in (done.stdout + done.stderr).decode().splitlines() if "not fixed" in row]
        if read(folder, "three.ipynb") != old or len(told) != 1 or "format 3" not in told[0] or b"--fix writes it" in done.stdout:
            yield f"{args}: {done.stdout!r} {done.stderr!r}"
        if done.returncode != 1:
            yield f"{args}: exit status {done.returncode}"


def hostile_ones():
    """(what it is, its bytes, what "source" of the last cell has to be after --fix, or None: the file stays)"""
    cell = "import torch\nx = torch.ones(2)\nx.to('cuda')\nprint(x + torch.ones(2, device='cuda'))\n"
    mended = cell.replace("x.to(", "x = x.to(")
    text, better = json.dumps(cell), mended
    yield "no source", '{"nbformat":4,"cells":[{"cell_type":"code"},{"cell_type":"code","source":%s}]}' % text, better
    yield "numbers for source", '{"nbformat":4,"cells":[{"cell_type":"code","source":7},{"cell_type":"code","source":%s}]}' % text, better
    yield "a number among the lines", '{"nbformat":4,"cells":[{"cell_type":"code","source":["\\n",7,%s]}]}' % text, None
    yield "cells that are none", '{"nbformat":4,"cells":[7,null,[],"x",{"cell_type":"code","source":%s}]}' % text, better
    yield "the key twice", '{"nbformat":4,"cells":[{"cell_type":"code","source":"import torch","source":%s}]}' % text, better
    yield "the key again, in escapes", '{"nbformat":4,"cells":[{"cell_type":"code","source":"import torch","sourc\\u0065":%s}]}' % text, None
    yield "the key in escapes", '{"nbformat":4,"cells":[{"cell_type":"code","sourc\\u0065":%s}]}' % text, None
    yield "the cells twice", '{"nbformat":4,"cells":[],"cells":[{"cell_type":"code","source":%s}]}' % text, better
    yield "the cells in the metadata", '{"nbformat":4,"metadata":{"cells":[{"source":"x"}]},"cells":[{"cell_type":"code","source":%s}]}' % text, better
    yield "brackets in texts", '{"nbformat":4,"a]}":"[{","cells":[{"cell_type":"code","metadata":{"]":"\\"}]"},"source":%s}]}' % text, better
    deep = "[" * 1500 + "]" * 1500
    yield "deep nesting", '{"nbformat":4,"cells":[{"cell_type":"code","metadata":%s,"source":%s}]}' % (deep, text), better
    yield "too deep nesting", '{"nbformat":4,"cells":[{"cell_type":"code","metadata":%s,"source":%s}]}' % (deep * 1 + "[" * 99999, text), None
    big = json.dumps("\\\"\n" * 2500000)
    yield "10 MB", '{"nbformat":4,"cells":[{"cell_type":"raw","source":%s},\n\n\n\n\n{"cell_type":"code","source":%s}]}' % (big, text), better
    many = '{"cell_type":"code","source":["x = 1"]},\n' * 40000
    yield "40,000 cells", '{"nbformat":4,"cells":[%s{"cell_type":"code","source":%s}]}' % (many, text), better


def hostile():
    """Each is answered, and what is written is the notebook with the one line mended."""
    for name, raw, better in hostile_ones():
        problems = []
        with tempfile.TemporaryDirectory() as folder:
            write(folder, "a.ipynb", raw.encode())
            diff = lint(folder, "--diff", "a.ipynb")
            done = lint(folder, "--fix", "a.ipynb")
            new = read(folder, "a.ipynb").decode()
            if diff.returncode not in (1, 2) or done.returncode not in (0, 1, 2) or b"Traceback" in done.stderr:
                problems.append(f"{diff.returncode} {done.returncode} {done.stderr[:200]!r}")
            if better is None and new != raw:
                problems.append(f"written: {new[:300]}")
            if better is not None:
                if "deep" not in name and json.loads(new)["cells"][-1]["source"] != better:
                    problems.append(f"not mended: {done.stdout[:300]!r} {done.stderr[:300]!r}")
                if new == raw or new.replace("x = x.to(", "x.to(") != raw:
                    problems.append("more than that was changed")
                if b"cell " not in diff.stdout[:2000] and len(raw) < 10 ** 6:
                    problems.append(f"the diff: {diff.stdout[:300]!r} {diff.stderr[:300]!r}")
        result(f"hostile: {name}", problems)


def main():
    if b"without the linter" in lint("/", "-").stderr:
        print("1..0 # SKIP this whycpu was built without the linter")
        return 0
    edits()
    for test in [value for value in globals().values() if getattr(value, "test", False)]:
        test()
    hostile()
    print(f"1..{n}")
    return 1 if failed else 0


sys.exit(main())
