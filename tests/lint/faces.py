#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How lint says what it found, whatever it found: formats, comments, configuration, edits, what cannot be used. BIN is the
program, or $WHYCPU. The findings are made by names that are never imported, which is the simplest rule there is.

WHYCPU_SARIF_SCHEMA=FILE: the official schema of SARIF 2.1.0 (sarif-schema-2.1.0.json of the OASIS), which is then asked too.
"""
import importlib.util
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unicodedata

HERE = os.path.dirname(os.path.realpath(__file__))
TREE = os.path.dirname(os.path.dirname(HERE))
BINARY = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.environ["WHYCPU"])
BAD = "import torch\nprint(torch.ones(2), os.getcwd())\n"
ID = "name-not-imported"
n = failed = 0


def loaded(name, path):
    spec = importlib.util.spec_from_file_location(name, os.path.join(TREE, path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCHEMA = loaded("validate_schema", "tests/validate-schema.py")


def result(name, problems):
    global n, failed
    n += 1
    failed += bool(problems)
    print(f"{'not ok' if problems else 'ok'} {n} - {name}")
    for problem in problems:
        print(f"# {problem!r}"[:300])


def lint(folder, *args, stdin=b"", **env):
    return subprocess.run([BINARY, "lint", *args], cwd=folder, input=stdin, capture_output=True, timeout=60,
                          env={**os.environ, "LC_ALL": "C.UTF-8", "NO_COLOR": "", **env})


def write(folder, name, content):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def ids(done):
    """(file, line, id) of a JSON answer."""
    return [(f["location"]["file"], f["location"]["line"], f["id"]) for f in json.loads(done.stdout)["findings"]]


def problems_of(test, folder):
    """What the test yields; that it cannot even read an answer is a problem too."""
    found = []
    try:
        for problem in test(folder) or []:
            found.append(problem)
    except (ValueError, KeyError, IndexError, subprocess.TimeoutExpired) as error:
        found.append(f"{type(error).__name__}: {error}")
    return found


def in_folder(test):
    def run():
        with tempfile.TemporaryDirectory() as folder:
            result(test.__doc__, problems_of(test, folder))
    run.test = True
    run.__name__ = test.__name__
    return run


def width(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


# ---- text

@in_folder
def carets(folder):
    """the carets stand below what is wrong, behind tabs, wide characters and escapes"""
    lines = {
        "plain": "print(os.getcwd(), 1)", "tab": "if torch:\n\tprint('a',\tos.getcwd())", "wide": "print('宽字符', os.getcwd())",
        "combining": "print('e\u0301e\u0301', os.getcwd())", "bidi": "print('\u202e', os.getcwd())",
        "escape": "print('\x1b[31m', os.getcwd())", "long": f"print({'1 + ' * 60}1, os.getcwd(), {'2 + ' * 60}2)"}
    for name, line in lines.items():
        write(folder, f"{name}.py", f"import torch\n{line}\n")
        out = lint(folder, f"{name}.py").stdout.decode().splitlines()
        at = next((i for i, row in enumerate(out) if re.search(r"\| +\^+$", row)), None)
        if at is None:
            yield f"{name}: no carets"
            continue
        source, mark = out[at - 1], out[at]
        before = source[:source.find("os.getcwd")]
        if "os.getcwd" not in source or width(before) != mark.find("^") or mark.count("^") != 2:
            yield f"{name}: {source} / {mark}"
        yield from (f"{name}: {width(row)} columns: {row}" for row in out if width(row) > 80)
        yield from (f"{name}: raw control character in {row!r}" for row in out if re.search(r"[\x00-\x1f\x7f\u202e]", row))


@in_folder
def marked_once(folder):
    """a place that is the finding's own and a station of the way is marked once, with carets and the station's words"""
    write(folder, "a.py", "import torch\nx = torch.ones(3)\nprint(x + torch.ones(3).cuda())\n")
    lines = lint(folder, "a.py").stdout.decode().splitlines()
    marks = [line for line in lines if re.match(r" *\| +[-^]+", line)]
    spans = [re.search(r"[-^]+", line).span() for line in marks]
    if len(marks) < 2 or len(set(spans)) != len(spans) or not any(re.search(r"\^ created on the CPU here$", line) for line in marks):
        yield lines


@in_folder
def loader_once(folder):
    """a loader that a loop goes over by its name is one place of the way, and is not said to be made there"""
    write(folder, "a.py", "import torch\nimport torch.nn.functional as F\nfrom nets import Net\n\nnet = Net().to('cuda')\nnet.train()\n"
                          "for x, y in train_loader:\n    x = x.to('cuda')\n    loss = F.cross_entropy(net(x), y)\n")
    out = lint(folder, "a.py").stdout.decode()
    if out.count("from this loader") != 1 or "loader is made here" in out or out.count("target-not-moved") != 1:
        yield out


@in_folder
def ascii_only(folder):
    """without UTF-8 nothing but ASCII is written"""
    write(folder, "ü.py", "import torch\nprint('宽', os.getcwd())\n")
    done = lint(folder, "ü.py", LC_ALL="C")
    if any(byte > 0x7e or byte < 0x20 and byte != 10 for byte in done.stdout) or done.returncode != 1:
        yield done.stdout
    if b"\\u5bbd" not in done.stdout:
        yield "the wide character is not shown as an escape"


@in_folder
def hostile_name(folder):
    """a hostile file name is escaped in every format"""
    name = "a\x1b[31m\nb%,:.py"
    write(folder, name, BAD)
    for form in ("text", "json", "sarif", "github"):
        done = lint(folder, "--format", form, ".")
        if b"\x1b" in done.stdout or done.returncode != 1:
            yield f"{form}: {done.returncode} {done.stdout[:200]}"
    lines = lint(folder, "--format", "github", ".").stdout.decode().splitlines()
    if len(lines) != 1 or not lines[0].startswith("::error file=") or "b%25%2C%3A.py,line=2," not in lines[0]:
        yield lines
    uri = json.loads(lint(folder, "--format", "sarif", ".").stdout)["runs"][0]["results"][0]["locations"][0][
        "physicalLocation"]["artifactLocation"]["uri"]
    if uri != "a%1B%5B31m%0Ab%25%2C%3A.py":
        yield uri


@in_folder
def colour(folder):
    """colour only adds to the text"""
    write(folder, "a.py", BAD)
    plain = lint(folder, "a.py", "--color", "never").stdout.decode()
    painted = lint(folder, "a.py", "--color", "always").stdout.decode()
    if plain == painted or re.sub(r"\x1b\[[0-9;]*m", "", painted) != plain:
        yield painted


@in_folder
def summary(folder):
    """the last line counts, and a clean file says so"""
    write(folder, "a.py", BAD + "print(sys.argv)\n")
    write(folder, "b.py", "import torch\nprint(torch.ones(2))\n")
    if not lint(folder).stdout.endswith(b"\n2 errors in 2 files.\n"):
        yield lint(folder).stdout[-80:]
    done = lint(folder, "b.py")
    if (done.stdout, done.returncode) != (b"Nothing found in 1 file.\n", 0):
        yield done.stdout
    done = lint(folder, "--exit-zero")
    if done.returncode != 0 or b"2 errors" not in done.stdout:
        yield done.returncode
    write(folder, "b.py", "import torch\nprint(torch.ones(2))  # whycpu: ignore\n")
    if lint(folder, "--quiet").stdout != b"2 errors in 2 files.\n":
        yield lint(folder, "--quiet").stdout


# ---- formats

@in_folder
def json_format(folder):
    """JSON keeps to the schema; places are characters, edits are bytes"""
    text = "import torch\ns = 'é宽'; print(s, torch.ones(2), os.getcwd())\n"
    write(folder, "a.py", text)
    done = lint(folder, "a.py", "--json")
    yield from SCHEMA.problems_of_text(done.stdout)
    report = json.loads(done.stdout)
    at = report["findings"][0]["location"]
    column = text.splitlines()[1].index("os.getcwd") + 1
    if (at["line"], at["column"], at["end_column"]) != (2, column, column + 2):
        yield at
    for finding in report["findings"]:
        for edit in (e for fix in finding["fix"] for e in fix.get("edits", [])):
            before = text.encode()[:edit["start"]].decode()
            if edit["at"]["line"] != before.count("\n") + 1:
                yield edit
    if done.returncode != 1 or report["lint_files"] != 1:
        yield done.returncode


def region_problems(region, text):
    lines = text.split("\n")
    if not 1 <= region["startLine"] <= region["endLine"] <= len(lines) or region["startColumn"] < 1:
        yield f"no such region: {region}"
    elif region["startColumn"] > len(lines[region["startLine"] - 1]) + 1 or region["endColumn"] > len(lines[region["endLine"] - 1]) + 1:
        yield f"beyond the line: {region}"


def sarif_problems(log, text):
    """What SARIF 2.1.0 demands, as far as it concerns what is written here."""
    if log.get("version") != "2.1.0" or len(log["runs"]) != 1:
        yield "version or runs"
    run = log["runs"][0]
    driver = run["tool"]["driver"]
    if not driver["name"] or len({r["id"] for r in driver["rules"]}) != len(driver["rules"]):
        yield "tool.driver"
    if run["columnKind"] not in ("utf16CodeUnits", "unicodeCodePoints"):
        yield "columnKind"
    if not all(isinstance(i["executionSuccessful"], bool) for i in run["invocations"]):
        yield "invocations"
    for r in run["results"]:
        if driver["rules"][r["ruleIndex"]]["id"] != r["ruleId"] or r["level"] not in ("error", "warning", "note"):
            yield f"rule or level of {r['ruleId']}"
        if not r["message"]["text"] or not r["partialFingerprints"]:
            yield "message or fingerprint"
        for place in r["locations"] + r.get("relatedLocations", []):
            physical = place["physicalLocation"]
            if not re.fullmatch(r"[A-Za-z0-9._~/%:-]+", physical["artifactLocation"]["uri"]):
                yield f"uri {physical['artifactLocation']['uri']}"
            yield from region_problems(physical["region"], text)
        for fix in r.get("fixes", []):
            for change in fix["artifactChanges"]:
                for replacement in change["replacements"]:
                    yield from region_problems(replacement["deletedRegion"], text)
                    if not isinstance(replacement["insertedContent"]["text"], str):
                        yield "insertedContent"


@in_folder
def sarif(folder):
    """SARIF 2.1.0 is well formed, and its regions lie in the file"""
    text = "import torch\nprint(torch.ones(2), os.getcwd())\nprint(sys.argv, 'é宽')\n"
    write(folder, "a.py", text)
    log = json.loads(lint(folder, "a.py", "--format", "sarif").stdout)
    yield from sarif_problems(log, text)
    if len(log["runs"][0]["results"]) != 2 or not all(r.get("fixes") for r in log["runs"][0]["results"]):
        yield "two results with fixes were expected"
    if os.environ.get("WHYCPU_SARIF_SCHEMA"):
        with open(os.environ["WHYCPU_SARIF_SCHEMA"], encoding="utf-8") as file:
            validator = SCHEMA.jsonschema.Draft7Validator(json.load(file))
        yield from (e.message[:200] for e in validator.iter_errors(log))


def fingerprints(folder):
    log = json.loads(lint(folder, "a.py", "--format", "sarif").stdout)
    return [tuple(sorted(r["partialFingerprints"].items())) for r in log["runs"][0]["results"]]


@in_folder
def stable(folder):
    """fingerprints stay when lines move, and differ from one finding to the next"""
    line = "print(os.getcwd())\n"
    write(folder, "a.py", f"import torch\n{line}{line}if torch:\n    print(sys.argv)\n")
    before = fingerprints(folder)
    write(folder, "a.py", f"# a comment\n\nimport torch\n\n{line}\n\n{line}if torch:\n        print(sys.argv)\n")
    after = fingerprints(folder)
    if before != after or len(set(before)) != len(before) or len(before) < 2:
        yield f"{before} {after}"


@in_folder
def github(folder):
    """GitHub's commands are one line each"""
    write(folder, "a.py", BAD)
    out = lint(folder, "a.py", "--format", "github").stdout.decode()
    if not re.fullmatch(r"::error file=a\.py,line=2,col=22,endColumn=24,title=whycpu name-not-imported::[^\n]+\n", out):
        yield out


# ---- what is wanted

@in_folder
def comments(folder):
    """a comment hides the findings of its line, or of the next one"""
    hidden = ["print(os.getcwd())  # whycpu: ignore", f"print(os.getcwd())  # whycpu: ignore[{ID}]",
              f"# whycpu: ignore[{ID}]\nprint(os.getcwd())", f"print(os.getcwd())  # noqa  # whycpu: ignore[model-not-moved, {ID}]",
              f"print(torch, os.getcwd())  #whycpu:ignore[{ID}]"]
    shown = ["print(os.getcwd())  # whycpu: ignore[model-not-moved]", f"print(os.getcwd(), '# whycpu: ignore[{ID}]')",
             f"# whycpu: ignore[{ID}]\n\nprint(os.getcwd())", "print(os.getcwd())  # whycpu: ignored",
             f"print(os.getcwd()), '''\n# whycpu: ignore[{ID}]'''"]
    for lines, expected in ((hidden, 0), (shown, 1)):
        for line in lines:
            write(folder, "a.py", f"import torch\n{line}\n")
            done = lint(folder, "a.py", "--json")
            if len(ids(done)) != expected or done.returncode != expected:
                yield f"{line!r}: {ids(done)}"


@in_folder
def idle_comments(folder):
    """a comment that hides nothing is told, unless it may have"""
    write(folder, "a.py", f"import torch\nprint(torch.ones(2))  # whycpu: ignore[{ID}]\n"
                          "import os  # whycpu: ignore\n# whycpu: ignore[loader-no-workers]\n")
    notes = json.loads(lint(folder, "a.py", "--json").stdout)["notes"]
    if [re.sub(r"`.*`", "", note) for note in notes] != ["a.py:2:  hides nothing", "a.py:3:  hides nothing"]:
        yield notes
    notes = json.loads(lint(folder, "a.py", "--json", "--select", "model-not-moved").stdout)["notes"]
    if notes:
        yield notes


@in_folder
def select(folder):
    """--select and --ignore; advice has to be asked for"""
    write(folder, "a.py", BAD + "x = torch.load('x')\n")
    wanted = {(): {ID}, ("--select", "all"): {ID, "load-no-map-location"}, ("--select", "advice"): {"load-no-map-location"},
              ("--select", f"{ID},model-not-moved"): {ID}, ("--ignore", ID): set(), ("--select", "all", "--ignore", ID): {"load-no-map-location"},
              ("--select", "model-not-moved"): set()}
    for args, expected in wanted.items():
        found = {i for _, _, i in ids(lint(folder, "a.py", "--json", *args))}
        if found != expected:
            yield f"{args}: {found}"
    for args in (("--select", "model-not-move"), ("--ignore", "cpu-only-torch-build")):
        done = lint(folder, "a.py", *args)
        if done.returncode != 2 or done.stdout or done.stderr.count(b"\n") != 1:
            yield done.stderr
    if b'Did you mean "model-not-moved"?' not in lint(folder, "a.py", "--select", "model-not-move").stderr:
        yield "no hint"


@in_folder
def configuration(folder):
    """[tool.whycpu] of the nearest pyproject.toml is obeyed, and what is typed goes before it"""
    for name in ("p/a.py", "p/sub/b.py", "p/third/c.py"):
        write(folder, name, BAD + "x = torch.load('x')\n")
    write(folder, "pyproject.toml", "[tool.whycpu]\nignore = ['name-not-imported']\n")
    write(folder, "p/pyproject.toml", '[project]\nname = "x"\n[tool.whycpu]  # ours\nselect = [\n  "all", # all\n]\n'
                                      'exclude = ["third"]\n[tool.other]\nselect = 3\n')
    write(folder, "p/sub/pyproject.toml", "[tool.other]\nx = 1\n")
    expected = sorted((f"p/{name}", line, i) for name in ("a.py", "sub/b.py") for line, i in ((2, ID), (3, "load-no-map-location")))
    if sorted(ids(lint(folder, "p", "--json"))) != expected:
        yield ids(lint(folder, "p", "--json"))
    if {i for _, _, i in ids(lint(folder, "p", "--json", "--select", ID))} != {ID}:
        yield "--select does not go before select"
    if ids(lint(f"{folder}/p/sub", "--json", stdin=b"")) == [] or ids(lint(folder, "--json")):
        yield "which configuration counts?"
    for wrong, line in (("[tool.whycpu]\nselect = [ 'nothing-such' ]\n", None), ("[tool.whycpu]\n\nselect = 3\n", 3), ("[tool.whycpu]\nselekt = ''\n", 2),
                        ("[tool.whycpu]\nignore = ['a\n", 2), ("[tool.whycpu]\nignore = ['a'] b\n", 2)):
        write(folder, "p/pyproject.toml", wrong)
        done = lint(folder, "p")
        if done.returncode != 2 or done.stdout or done.stderr.count(b"\n") != 1 or b"pyproject.toml" not in done.stderr \
                or (line and f"line {line}:".encode() not in done.stderr):
            yield f"{wrong!r}: {done.returncode} {done.stderr!r}"


@in_folder
def named(folder):
    """what is no buffer is named, also when it is found from another file"""
    write(folder, "net.py", "import torch\nimport torch.nn as nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
                            "        self.fc = nn.Linear(4, 2)\n        self.scale = torch.ones(2)\n\n    def forward(self, x):\n"
                            "        return self.fc(x) * self.scale\n")
    write(folder, "train.py", "import torch\nfrom net import Net\n\nnet = Net().to('cuda')\nprint(net(torch.ones(3, 4, device='cuda')))\n")
    done = lint(folder, "train.py")
    text = " ".join(done.stdout.decode().split())
    if "net.py:9:9" not in text or ": self.scale " not in text or 'self.register_buffer("scale", ' not in text:
        yield text


# ---- edits

@in_folder
def edits(folder):
    """--fix keeps encoding, line ends, mode and links, is idempotent, and writes what --diff shows"""
    contents = {
        "plain.py": BAD.encode(), "crlf.py": BAD.replace("\n", "\r\n").encode(), "bom.py": b"\xef\xbb\xbf" + BAD.encode(),
        "latin.py": "# -*- coding: latin-1 -*-\nimport torch\nprint('é', os.getcwd())".encode("latin-1"),
        "utf8.py": "import torch\ns = '宽é'\nprint(s, os.getcwd())\n".encode()}
    for name, content in contents.items():
        path = write(folder, name, content)
        os.chmod(path, 0o754)
        diff = lint(folder, "--diff", name)
        if read(folder, name) != content or diff.returncode != 1:
            yield f"{name}: --diff wrote, or exits with {diff.returncode}"
        patched = os.path.join(folder, "patched")
        shutil.copy(path, patched)
        if subprocess.run(["patch", "-s", "--binary", patched], input=diff.stdout, cwd=folder).returncode:
            yield f"{name}: {diff.stdout!r} is no diff"
        done = lint(folder, "--fix", name)
        new = read(folder, name)
        if done.returncode or b"1 finding fixed." not in done.stdout or new == content:
            yield f"{name}: {done.stdout!r}"
        if new != read(folder, "patched"):
            yield f"{name}: --diff showed something else"
        rest = new.replace(b"import os\r\n" if b"\r\n" in content else b"import os\n", b"", 1)
        if rest != content or stat.S_IMODE(os.stat(path).st_mode) != 0o754:
            yield f"{name}: more than one line has changed: {new!r}"
        if lint(folder, "--fix", name).returncode or read(folder, name) != new or lint(folder, "--diff", name).stdout:
            yield f"{name}: not idempotent"
    if set(os.listdir(folder)) - {"patched", "patched.orig"} != set(contents):
        yield f"files were left: {os.listdir(folder)}"


@in_folder
def careful(folder):
    """a fix is written through a link, and not where it would do harm"""
    write(folder, "real/a.py", BAD)
    os.symlink("real/a.py", f"{folder}/link.py")
    lint(folder, "--fix", "link.py")
    if not os.path.islink(f"{folder}/link.py") or b"import os" not in read(folder, "real/a.py"):
        yield "the link was replaced, or its file not written"
    write(folder, "b.py", BAD)
    os.link(f"{folder}/b.py", f"{folder}/c.py")
    done = lint(folder, "--fix", "b.py")
    if read(folder, "b.py") != BAD.encode() or done.returncode != 1 or b"hard links" not in done.stdout:
        yield f"a file with two names: {done.stdout!r}"
    write(folder, "d.py", "import torch\nprint(os.getcwd()\nx = = 3\n")
    before = read(folder, "d.py")
    lint(folder, "--fix", "d.py")
    if read(folder, "d.py") != before:
        yield "a file that does not parse was written"
    for args in (("--fix", "-"), ("--fix", "--diff", "b.py"), ("--unsafe-fixes", "b.py")):
        done = lint(folder, *args, stdin=BAD.encode())
        if done.returncode != 2 or done.stderr.count(b"\n") != 1 or done.stdout:
            yield f"{args}: {done.returncode} {done.stderr!r}"
    done = lint(folder, "--diff", "-", stdin=BAD.encode())
    if b"+import os" not in done.stdout:
        yield f"--diff of standard input: {done.stdout!r}"


@in_folder
def unsafe(folder):
    """what is only likely right is written on demand only"""
    content = "import torch\nprint(F.relu(torch.ones(2)))\n"
    write(folder, "a.py", content)
    lint(folder, "--fix", "a.py")
    if read(folder, "a.py") != content.encode():
        yield "--fix wrote it"
    lint(folder, "--fix", "--unsafe-fixes", "a.py")
    if b"torch.nn.functional as F" not in read(folder, "a.py"):
        yield "--unsafe-fixes did not"


@in_folder
def callers(folder):
    """what the callers in other files make nothing of is not fixed either"""
    net = "import torch\n\n\ndef place(x: torch.Tensor):\n    return x + torch.arange(4)\n"
    main = 'import torch\nfrom net import place\n\nif __name__ == "__main__":\n    print(place(torch.zeros(4)))\n'
    write(folder, "net.py", net)
    write(folder, "main.py", main)
    if lint(folder, "--diff", ".").stdout or lint(folder, "--fix", ".").returncode or read(folder, "net.py") != net.encode():
        yield "a fix was written for callers on a GPU that there are not"
    write(folder, "main.py", main.replace("zeros(4)", 'zeros(4, device="cuda")'))
    done = lint(folder, "--fix", ".")
    if b"torch.arange(4, device=x.device)" not in read(folder, "net.py") or b"1 finding fixed." not in done.stdout:
        yield f"a caller on the GPU, and no fix: {done.stdout!r}"


@in_folder
def networks_have_no_device(folder):
    """a fix asks no network for its .device, which modules do not have"""
    text = "import torch\nfrom nets import Net\n\n%smodel = Net().to(%s)\nx = torch.randn(3, 4)\nprint(model(x))\n"
    for before, place in (("", '"cuda"'), ('device = torch.device("cuda")\n', "device")):
        write(folder, "a.py", text % (before, place))
        done = lint(folder, "--fix", "a.py")
        if done.returncode or b"model.device" in read(folder, "a.py") + done.stdout:
            yield done.stdout
    if b"torch.randn(3, 4, device=device)" not in read(folder, "a.py"):
        yield "the device at hand is not taken"


@in_folder
def unread_networks(folder):
    """a finding that rests on a network nobody read says so, in every format, and is not called proved"""
    text = "import torch\nfrom nets import Net\n\n%smodel = Net().to('cuda')\nx = torch.randn(3, 4)\nprint(model(x))\n"
    note = b"this holds unless model, which was not read, moves its input itself"
    write(folder, "a.py", text % "")
    for form in ("text", "json", "sarif", "github"):
        if note not in b" ".join(lint(folder, "--format", form, "a.py").stdout.split()):
            yield f"not in {form}"
    json_answer = lint(folder, "--format", "json", "a.py").stdout
    if json.loads(json_answer)["findings"][0]["confidence"] != "fits-best":
        yield json_answer
    yield from SCHEMA.problems_of_text(json_answer)
    write(folder, "nets.py", "import torch.nn as nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n"
          "        super().__init__()\n        self.fc = nn.Linear(4, 2)\n\n    def forward(self, x):\n        return self.fc(x)\n")
    done = lint(folder, "--format", "json", "a.py")
    if [f["confidence"] for f in json.loads(done.stdout)["findings"]] != ["proved"] or b'"note"' in done.stdout:
        yield f"of a network that was read: {done.stdout!r}"


# ---- what cannot be used

@in_folder
def unusable(folder):
    """what cannot be used is told in one line, with exit status 2"""
    os.mkdir(f"{folder}/empty")
    write(folder, "text/readme.txt", "no Python")
    write(folder, "binary.py", b"import torch\n" + bytes(range(256)) * 4)
    write(folder, "utf8.py", b"import torch\ns = '\xff\xfe'\nprint(torch)\n")
    write(folder, "nul.py", b"import torch\n\0\n")
    write(folder, "bad.ipynb", "{")
    write(folder, "codec.py", b"# -*- coding: nothing-such -*-\nimport torch\n")
    os.mkfifo(f"{folder}/fifo.py")
    os.symlink("loop.py", f"{folder}/loop.py")
    write(folder, "only-bad/x.py", b"import torch\n\0\n")
    names = ["missing.py", "only-bad", "empty", "text", "binary.py", "utf8.py", "nul.py", "bad.ipynb", "codec.py", "fifo.py", "loop.py",
             "missing/a.py", "/dev/null", "text/readme.txt/a.py"]
    if os.getuid():
        os.chmod(write(folder, "locked.py", BAD), 0)
        names.append("locked.py")
    for name in names:
        done = lint(folder, name)
        if done.returncode != 2 or done.stdout or done.stderr.count(b"\n") != 1 or os.path.basename(name).encode() not in done.stderr:
            yield f"{name}: {done.returncode} {done.stdout!r} {done.stderr!r}"
    write(folder, "good.py", BAD)
    done = lint(folder, "good.py", "missing.py", "--json")
    if done.returncode != 2 or done.stderr.count(b"\n") != 1 or len(ids(done)) != 1:
        yield f"one good, one missing: {done.returncode} {done.stderr!r}"
    done = lint(folder, "good.py", "--format", "xml")
    if done.returncode != 2 or done.stderr.count(b"\n") != 1:
        yield done.stderr


@in_folder
def walked(folder):
    """in a folder, what cannot be read is a note and the rest is judged"""
    write(folder, "a.py", BAD)
    write(folder, "b.py", b"import torch\ns = '\xff'\n")
    write(folder, ".gitignore", "build/\n")
    write(folder, "build/c.py", BAD)
    write(folder, ".venv/pyvenv.cfg", "home = /usr/bin\n")
    write(folder, ".venv/lib/d.py", BAD)
    done = lint(folder, "--json")
    if ids(done) != [("a.py", 2, ID)] or done.returncode != 1 or done.stderr:
        yield f"{ids(done)} {done.stderr!r}"
    if not any(note.startswith("b.py") for note in json.loads(done.stdout)["notes"]):
        yield json.loads(done.stdout)["notes"]


@in_folder
def company(folder):
    """the files that import a file tell what is handed to it, and nothing about themselves"""
    step = "import torch\n\n\ndef shifted(x):\n    return x + torch.ones(3)%s\n"
    train = "import torch\nfrom steps import shifted\n\nx = torch.ones(3).cuda()\nprint(shifted(x))\n"
    write(folder, "src/steps.py", step % "")
    write(folder, "src/train.py", train + "print(os.getcwd())\n")
    write(folder, "src/broken.py", "import torch\nfrom steps import shifted\nif (:\n")
    write(folder, "src/latin.py", b"from steps import shifted\ns = '\xff'\n")
    os.mkfifo(os.path.join(folder, "src/pipe.py"))
    for place, name in ((folder, "src/steps.py"), (os.path.join(folder, "src"), "steps.py")):
        done = lint(place, name, "--json")
        if ids(done) != [(name, 5, "tensor-created-on-cpu")] or json.loads(done.stdout)["notes"] or done.stderr:
            yield f"{done.stdout!r} {done.stderr!r}"
        if b"1 error in 1 file." not in lint(place, name).stdout:
            yield lint(place, name).stdout
    lint(folder, "src/steps.py", "--fix", "--unsafe-fixes")
    if read(folder, "src/train.py") != (train + "print(os.getcwd())\n").encode():
        yield "--fix wrote into a file that nobody named"
    write(folder, "src/steps.py", step % "  # whycpu: ignore[tensor-created-on-cpu]")
    done = lint(folder, "src/steps.py", "--json")
    if ids(done) or json.loads(done.stdout)["notes"]:
        yield f"a comment that hides what a caller shows: {done.stdout!r}"


@in_folder
def standard_input(folder):
    """- is standard input"""
    done = lint(folder, "-", "--json", stdin=BAD.encode())
    if ids(done) != [("-", 2, ID)] or done.returncode != 1:
        yield done.stdout
    cell = {"cell_type": "code", "source": BAD.splitlines(True)}
    done = lint(folder, "-", "--json", stdin=json.dumps({"cells": [cell], "nbformat": 4}).encode())
    if ids(done) != [("-", 2, ID)] or json.loads(done.stdout)["findings"][0]["location"].get("cell") != 1:
        yield f"a notebook: {done.stdout[:300]!r}"
    if lint(folder, "-", stdin=b"").returncode:
        yield "an empty one"


@in_folder
def same_everywhere(folder):
    """the answer is the same however many workers there are"""
    for i in range(150):
        write(folder, f"d{i % 7}/m{i}.py", BAD if i % 3 else "import torch\nx = torch.ones(1)  # whycpu: ignore\n")
    answers = {name: lint(folder, "--select", "all", ".", **env).stdout for name, env in
               (("1", {"WHYCPU_WORKERS": "1"}), ("2", {"WHYCPU_WORKERS": "2"}), ("9", {"WHYCPU_WORKERS": "9"}), ("inline", {"WHYCPU_LOOKER": "inline"}))}
    if len(set(answers.values())) != 1 or b"100 errors in 150 files." not in answers["1"]:
        yield {name: text[-200:] for name, text in answers.items()}


@in_folder
def words(folder):
    """what torch says of an index is not what it says of operands"""
    for operation, sentence in (("x[m]", "indices should be either on cpu or on the same device as the indexed tensor (cpu)"),
                                ("x + m", "Expected all tensors to be on the same device")):
        write(folder, "w.py", f'import torch\n\nx = torch.arange(5)\nm = torch.ones(5, device="cuda") > 0\nprint({operation})\n')
        found = json.loads(lint(folder, "w.py", "--json").stdout)["findings"]
        if len(found) != 1 or not found[0]["title"].endswith("raises RuntimeError: " + sentence):
            yield found


@in_folder
def notebook(folder):
    """findings of a notebook name cell and line"""
    cells = [{"cell_type": "markdown", "metadata": {}, "source": ["# title\n"]},
             {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": ["import torch\n", "%matplotlib inline\n"]},
             {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": ["x = 1\n", "print(os.getcwd())"]}]
    write(folder, "a.ipynb", json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    done = lint(folder, "a.ipynb", "--json")
    at = json.loads(done.stdout)["findings"][0]["location"]
    if (at.get("cell"), at["line"], at["column"]) != (3, 2, 7):
        yield at
    yield from SCHEMA.problems_of_text(done.stdout)
    if b"a.ipynb:cell 3:2:7" not in lint(folder, "a.ipynb").stdout:
        yield lint(folder, "a.ipynb").stdout
    log = json.loads(lint(folder, "a.ipynb", "--format", "sarif").stdout)
    if "region" in json.dumps(log["runs"][0]["results"][0]["locations"]):
        yield "a region of a notebook's file that is none"
    if b",line=" in lint(folder, "a.ipynb", "--format", "github").stdout:
        yield "a line of a notebook's file that is none"


def main():
    with tempfile.TemporaryDirectory() as folder:
        if b"without the linter" in lint(folder, "-").stderr:
            print("1..0 # SKIP this whycpu was built without the linter")
            return 0
    for test in [value for value in globals().values() if getattr(value, "test", False)]:
        test()
    print(f"1..{n}")
    return 1 if failed else 0


sys.exit(main())
