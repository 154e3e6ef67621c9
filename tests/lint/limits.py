#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Does lint end, whatever it is given, and does a file's answer depend on that file and what it imports alone?

    limits.py [BIN]    BIN: the program, or $WHYCPU

Every text here is made: huge, deep, wide, or built so that following all ways through it would never end. Each must be
answered within SECONDS of processor time, with a note where it was not judged whole, and a bug in plain sight beside it must
still be found where the text parses. Prints TAP.
"""
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import attacklib as lib  # noqa: E402

BINARY = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.environ["WHYCPU"])
SANITIZED = lib.is_asan(BINARY)
SECONDS = 30 if SANITIZED else 10
WALL = 12 * SECONDS  # for a machine that does other things too
BUG = "import torch\nprint(os.getcwd())\n"  # line 2: name-not-imported
ID = "name-not-imported"
n = failed = 0


def result(name, problems):
    global n, failed
    n += 1
    failed += bool(problems)
    print(f"{'not ok' if problems else 'ok'} {n} - {name}", flush=True)
    for problem in problems:
        print(f"# {problem!r}"[:400])


class Skip(Exception):
    """Cannot be tried here; says why."""


def lint(folder, *args, **env):
    """(answer, seconds of processor time of all its processes that ended)"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([BINARY, "lint", "--json", *args], cwd=folder, capture_output=True, timeout=WALL,
                          env={**os.environ, "LC_ALL": "C.UTF-8", "WHYCPU_WORKERS": "1", **env})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def write(folder, name, content):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def found(done):
    return [(f["location"]["file"], f["location"]["line"], f["id"]) for f in json.loads(done.stdout)["findings"]]


# ---- texts

def nested(kind, depth):
    """`depth` blocks within each other."""
    return "".join(f"{' ' * i}{kind}\n" for i in range(depth)) + " " * depth + "y = x\n"


def texts():
    """(what it is, text, is the bug before it certainly found)"""
    line = "x = torch.relu(x + {i})\n"
    model = "net = torch.nn.Linear(2, 2).cuda()\nx = torch.ones(2)\n"
    yield "100,000 lines", "x = torch.ones(1)\n" + "".join(line.format(i=i) for i in range(100000)), True
    yield "a function of 30,000 lines", "def f(x):\n" + "".join("\t" + line.format(i=i) for i in range(30000)), True
    yield "1,000 nested blocks", nested("if x:", 1000), False
    yield "1,000 nested loops", nested("for x in range(3):", 1000), False
    yield "90 nested loops", model + nested("for i in range(x):", 90), True
    yield "90 nested functions", nested("def f(x):", 90), True
    yield "90 nested classes", nested("class A(torch.nn.Module):", 90), True
    yield "90 nested with and try", "".join(f"{' ' * i}{'try:' if i % 2 else 'with torch.no_grad():'}\n" for i in range(90)) + " " * 90 + "y = x\n" + \
        "".join(f"{' ' * i}except ValueError: pass\n" for i in range(89, 0, -2)), True
    yield "100,000 brackets", f"y = {'(' * 100000}1{')' * 100000}\n", False
    yield "20,000 brackets that do not close", f"y = {'[' * 20000}\n", False
    yield "a sum of 50,000 parts", f"y = {' + '.join(['torch.ones(1)'] * 50000)}\n", False
    yield "20,000 attributes", f"y = x{'.to' * 20000}\n", False
    yield "20,000 calls of calls", f"y = f{'()' * 20000}\n", False
    yield "5,000 lambdas in lambdas", f"y = {'lambda: ' * 5000}1\n", False
    yield "a literal of 10 MB", f's = "{"x" * 10000000}"\n', True
    yield "a list of 300,000 numbers", f"v = torch.tensor([{', '.join(map(str, range(300000)))}])\n", True
    yield "a dict of 50,000 entries", f"d = {{{', '.join(f'{i!r}: {i}' for i in range(50000))}}}\n", True
    yield "a file of one line of 5 MB", "y = 1; " * 700000 + "\n", True
    yield "an f-string of 20,000 expressions", "s = f'" + "{x}" * 20000 + "'\n", True
    yield "10,000 branches", model + "".join(f"if len(x) > {i}: x = x.to('cuda')\nelse: x = x.cpu()\n" for i in range(10000)), True
    yield "200 flags, each in a branch", "import argparse\np = argparse.ArgumentParser()\n" + \
        "".join(f"p.add_argument('--f{i}', action='store_true')\n" for i in range(200)) + "args = p.parse_args()\n" + model + \
        "".join(f"if args.f{i}: x = x.cuda()\n" for i in range(200)) + "net(x)\n", True
    yield "10,000 functions that call each other", \
        "".join(f"def f{i}(x):\n\treturn f{(i * 7 + 1) % 10000}(f{(i * 3 + 2) % 10000}(x.cuda()))\n" for i in range(10000)) + "f0(torch.ones(1))\n", True
    yield "a chain of 3,000 functions", "".join(f"def f{i}(x):\n\treturn f{i + 1}(x)\n" for i in range(3000)) + "f0(torch.ones(1))\n", True
    yield "2 calls in each of 40 functions", \
        "".join(f"def f{i}(x):\n\treturn f{i + 1}(x) + f{i + 1}(x.cuda())\n" for i in range(40)) + "f0(torch.ones(1))\n", True
    yield "2,000 classes derived from each other", "class C0(torch.nn.Module): pass\n" + \
        "".join(f"class C{i}(C{i - 1}):\n\tdef forward(self, x): return super().forward(x)\n" for i in range(1, 2000)) + "C1999()(1)\n", True
    yield "a class of 300 bases", "".join(f"class C{i}(torch.nn.Module): pass\n" for i in range(300)) + \
        f"class D({', '.join(f'C{i}' for i in range(300))}): pass\nD()(1)\n", True
    yield "diamonds, 60 high", "class A0: pass\nclass B0(A0): pass\n" + \
        "".join(f"class A{i}(A{i - 1}, B{i - 1}): pass\nclass B{i}(B{i - 1}): pass\n" for i in range(1, 60)) + "A59()\n", True
    yield "a class derived from itself", "class A(A): pass\nclass B(C): pass\nclass C(B): pass\nA(); B()\n", True
    yield "a class of 3,000 methods", "class A(torch.nn.Module):\n" + \
        "".join(f"\tdef m{i}(self, x): self.a{i} = torch.ones(1); return self.m{(i * 7 + 1) % 3000}(x)\n" for i in range(3000)), True
    yield "modules in modules, 2 of each, 40 high", "class M0(torch.nn.Module): pass\n" + \
        "".join(f"class M{i}(torch.nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n\t\tself.a = M{i - 1}()\n\t\tself.b = M{i - 1}()\n"
                f"\tdef forward(self, x): return self.a(self.b(x))\n" for i in range(1, 40)) + "M39().cuda()(torch.ones(1))\n", True
    yield "lists in lists, doubled 60 times", "v = [torch.ones(1)]\n" + "v = [v, v]\n" * 60 + "print(v)\n", True
    yield "30,000 names", "".join(f"x{i} = x{i - 1} if len(str(x{i - 1})) else 1\n" if i else "x0 = 1\n" for i in range(30000)), True
    yield "10,000 decorators", "@f\n" * 10000 + "def g(): pass\n", True
    yield "50,000 dots that do not parse", "." * 50000, False


def one_text(folder, name, text, is_sure):
    write(folder, "big.py", BUG + text)
    done, seconds = lint(folder, "big.py")
    if done.returncode not in (0, 1) or done.stderr:
        yield done.returncode, done.stderr
        return
    notes = json.loads(done.stdout)["notes"]
    if seconds > SECONDS:
        yield f"{seconds:.1f} s"
    if is_sure and ("big.py", 2, ID) not in found(done):
        yield "the bug in plain sight is not found", notes
    if len(notes) > 2:
        yield "said more than once", notes


# ---- several files

def cyclic(folder):
    """imports in circles, through packages and with *"""
    for i in range(30):
        write(folder, f"p/m{i}.py", f"from .m{(i + 1) % 30} import *\nfrom . import m{(i + 7) % 30} as other\nfrom .m{(i + 3) % 30} import x\n"
              f"y{i} = x + other.x\n")
    write(folder, "p/__init__.py", "from .m0 import *\nfrom . import *\n")
    write(folder, "main.py", BUG + "from p import x, y7\nimport p.m3\nprint(x, y7, p.m3.y9)\n")
    done, seconds = lint(folder, ".")
    if seconds > SECONDS or ("main.py", 2, ID) not in found(done):
        yield seconds, done.stdout


def wide(folder):
    """500 modules that each import 40 others"""
    for i in range(500):
        write(folder, f"m{i}.py", "".join(f"from m{(i * 13 + k * 7) % 500} import f{(i * 13 + k * 7) % 500}\n" for k in range(40)) +
              f"def f{i}(x):\n\treturn f{(i * 13) % 500}(x.cuda())\n")
    write(folder, "main.py", BUG + "from m0 import f0\nf0(torch.ones(1))\n")
    done, seconds = lint(folder, "main.py")
    if seconds > SECONDS or found(done) != [("main.py", 2, ID)]:
        yield seconds, done.stdout


def alone(folder):
    """file by file, all at once, by one worker or by four: the same findings"""
    write(folder, "net/__init__.py", "from .model import Net\nfrom .data import batches\n")
    write(folder, "net/model.py", "import torch\nfrom . import data\n\nclass Net(torch.nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n"
          "\t\tself.layer = torch.nn.Linear(2, 2)\n\t\tself.shift = torch.zeros(2)\n\n\tdef forward(self, x):\n"
          "\t\treturn self.layer(x) + self.shift\n\ndef helper():\n\treturn data.batches(Net)\n")
    write(folder, "net/data.py", "import torch\nfrom .model import Net\n\ndef batches(x):\n\treturn [torch.ones(2)]\n\nnet = Net().cuda()\n")
    for i in range(12):
        use = ("net(batches(0)[0])", "net.shift", "print(net)")[i % 3]
        write(folder, f"train{i:02}.py", f"import torch\nfrom net import Net, batches\nfrom train{(i + 5) % 12:02} import value\n\nnet = Net()\n"
              f"net.cuda()\nx = torch.ones(2)\nvalue = {i}\nnet.layer(x)\n{use}\n")
    # Who is asked first decides what the other one's name is, in Python too.
    write(folder, "one.py", "import torch\nfrom two import b\na = torch.ones(2)\nc = b\n")
    write(folder, "two.py", "import torch\nfrom one import a\nb = a\n")
    write(folder, "first.py", "import torch\nfrom one import c\nprint(c)\n")
    write(folder, "second.py", "import torch\nfrom two import b\nnet = torch.nn.Linear(2, 2).cuda()\nnet(b)\n")
    files = sorted(os.path.relpath(os.path.join(at, f), folder) for at, _, names in os.walk(folder) for f in names)
    single = sorted({f for name in files for f in found(lint(folder, "--select", "all", name)[0])})
    for workers in ("1", "4"):
        at_once = sorted(found(lint(folder, "--select", "all", ".", WHYCPU_WORKERS=workers)[0]))
        if at_once != single:
            yield workers, sorted(set(single) ^ set(at_once))
    if len([f for f in single if f[0].startswith("train")]) < 12:
        yield "the bugs are not found at all", single
    if not any(f[0] == "second.py" for f in single):
        yield "nothing in second.py: it cannot tell", single


def never_run(folder):
    """what is linted is neither imported nor run, and nothing is written"""
    if not shutil.which("strace"):
        raise Skip("strace is missing")
    write(folder, "evil.py", "import torch, os\nopen('made', 'w')\nos.system('touch made')\nnet = torch.nn.Linear(1, 1)\n")
    log = os.path.join(folder, "..", os.path.basename(folder) + ".strace")
    done = subprocess.run(["strace", "-f", "-e", "trace=execve,openat,creat,connect,unlink,rename", "-o", log, BINARY, "lint", "evil.py"], cwd=folder,
                          capture_output=True, timeout=WALL, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    with open(log, encoding="utf-8", errors="replace") as file:
        lines = file.read().splitlines()
    os.unlink(log)
    if done.returncode not in (0, 1):
        if b"ptrace" in done.stderr:
            return
        yield done.stderr
    if sum(" execve(" in line and "= 0" in line for line in lines) != 1:
        yield [line for line in lines if "execve" in line]
    yield from [line for line in lines if any(word in line for word in ("O_WRONLY|O_CREAT", "O_RDWR|O_CREAT", "creat(", "connect(", "unlink(", "rename(")) and " = -1" not in line]
    if os.listdir(folder) != ["evil.py"]:
        yield os.listdir(folder)


def changing(folder):
    """a file that grows, shrinks and vanishes meanwhile is answered all the same"""
    changer = "import os,sys\nwhile True:\n" + "".join(
        f"\tfor i in range(40):\n\t\topen(f'm{{i}}.py', 'w').write({text!r})\n" for text in (BUG * 200, "", BUG)) + \
        "\tfor i in range(40):\n\t\tos.unlink(f'm{i}.py')\n"
    for i in range(40):
        write(folder, f"m{i}.py", BUG)
    process = subprocess.Popen([sys.executable, "-c", changer], cwd=folder)
    try:
        for _ in range(5):
            done, _ = lint(folder, ".", WHYCPU_WORKERS="2")
            if done.returncode not in (0, 1, 2):
                yield done.returncode, done.stderr
    finally:
        process.kill()
        process.wait()


def dead_mount(folder):
    """below a mount that does not answer: one line, and whoever reads it through a pipe is not held"""
    why = lib.why_no_fuse()
    if why or SANITIZED:
        raise Skip(why or "a sanitized worker keeps stderr, for its reports")
    os.mkdir(f"{folder}/dead")
    write(folder, "a.py", BUG)
    ns = lib.Namespace()

    def enter():
        ns.enter()
        os.chdir(folder)

    with lib.Server(ns, "hangfs.py", f"{folder}/dead", "opendir", "60", "dir"):
        process = subprocess.Popen([BINARY, "lint", "--json", "a.py", "dead/x.py"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=enter)
        out, err = process.communicate(timeout=40)
    if process.returncode != 2 or err.count(b"\n") != 1 or b"dead/x.py" not in err or len(json.loads(out)["findings"]) != 1:
        yield process.returncode, out[-200:], err


def in_folder(name, test, *args):
    with tempfile.TemporaryDirectory() as folder:
        try:
            result(name, list(test(folder, *args)))
        except Skip as why:
            result(f"{name} # SKIP {why}", [])
        except (ValueError, KeyError, subprocess.TimeoutExpired) as error:
            result(name, [f"{type(error).__name__}: {error}"])


def main():
    if b"without the linter" in subprocess.run([BINARY, "lint", "-"], input=b"", capture_output=True).stderr:
        print("1..0 # SKIP this whycpu was built without the linter")
        return 0
    for name, text, is_sure in texts():
        in_folder(name, one_text, name, text, is_sure)
    for test in (cyclic, wide, alone, never_run, changing, dead_mount):
        in_folder(test.__doc__, test)
    print(f"1..{n}")
    return 1 if failed else 0


sys.exit(main())
