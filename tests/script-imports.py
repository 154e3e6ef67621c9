#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""script-imports.py WHYCPU : which imports of a script count, and which may be brought by something that is not read?

Each program is put in the place of train.py of the case x-script-module-missing, whose environment has torch and pandas.
Prints TAP.
"""
import json, os, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
CASE = f"{HERE}/cases/x-script-module-missing"
ID = "x-script-module-missing"
PROJECT = "root/home/ana/proj"

# name, files, the modules that are certainly missing
PROGRAMS = (
    ("all is there", {"train.py": "import os, sys\nimport torch\nimport pandas as pd\n"}, ()),
    ("import and from", {"train.py": "import torch\nimport tqdm.auto\nfrom wandb import init\n"}, ("tqdm", "wandb")),
    ("several on a line, each once", {"train.py": "import tqdm, tqdm.auto, yaml\n"}, ("tqdm", "yaml")),
    ("behind harmless lines", {"train.py": "import os\nD = os.path.join('a', 'b')\nprint(D)\nimport tqdm\n"}, ("tqdm",)),
    ("a name that is in no table", {"train.py": "import mytools\nimport torch\n"}, ()),
    ("in a try", {"train.py": "try:\n    import tqdm\nexcept ImportError:\n    tqdm = None\n"}, ()),
    ("in an if", {"train.py": "import torch\nif torch.cuda.is_available():\n    import tqdm\n"}, ()),
    ("in a function", {"train.py": "def f():\n    import tqdm\n"}, ()),
    ("a function is no obstacle", {"train.py": "import sys\ndef f():\n    sys.exit(1)\nimport tqdm\n"}, ("tqdm",)),
    ("after sys.path", {"train.py": "import sys\nsys.path.insert(0, 'lib')\nimport tqdm\n"}, ()),
    ("after an installer", {"train.py": "import os\nos.system('pip install tqdm')\nimport tqdm\n"}, ()),
    ("after the end", {"train.py": "import sys\nsys.exit(0)\nimport tqdm\n"}, ()),
    ("before and after", {"train.py": "import yaml\nimport sys\nsys.path.append('x')\nimport tqdm\n"}, ("yaml",)),
    ("the user's own file", {"train.py": "import tqdm\n", "tqdm.py": "def tqdm(x):\n    return x\n"}, ()),
    ("the user's own folder", {"train.py": "from datasets import mnist\n", "datasets/mnist.py": "N = 3\n"}, ()),
    ("after a module of the user's", {"train.py": "import _paths\nimport tqdm\n", "_paths.py": "import sys\nsys.path.append('x')\n"}, ()),
    ("relative", {"train.py": "from . import tqdm\nimport yaml\n"}, ()),
    ("an environment of its own", {"train.py": "# /// script\n# dependencies = ['tqdm']\n# ///\nimport tqdm\n"}, ()),
    ("a syntax error", {"train.py": "import tqdm\ndef f(:\n"}, ()),
    ("empty", {"train.py": ""}, ()),
)


def told(binary, files):
    """The modules that the finding names, or why the run was bad."""
    with tempfile.TemporaryDirectory(prefix="whycpu-imports-") as top:
        shutil.copytree(CASE, f"{top}/case", symlinks=True)
        for name, text in files.items():
            path = f"{top}/case/{PROJECT}/{name}"
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        done = subprocess.run([binary, "check", "--root", f"{top}/case", "--json", "train.py"], capture_output=True, timeout=60)
    if done.returncode not in (0, 1):
        return f"exit {done.returncode}: {done.stderr[:300]!r}"
    found = [f for f in json.loads(done.stdout)["findings"] if f["id"] == ID]
    if any(f["role"] != "cause" for f in found):
        return f"not a cause: {found}"
    return tuple(e["what"].split()[1] for f in found for e in f["evidence"] if e["what"].startswith("import "))


def main():
    print(f"1..{len(PROGRAMS)}")
    bad = 0
    for i, (name, files, expected) in enumerate(PROGRAMS, 1):
        got = told(os.path.abspath(sys.argv[1]), files)
        bad += got != expected
        print(f"{'ok' if got == expected else 'not ok'} {i} - {name}")
        if got != expected:
            print(f"# names {got}, expected {expected}")
    return 1 if bad else 0


sys.exit(main())
