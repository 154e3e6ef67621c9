#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The real torch on a simulated driver judges the predictions.

    oracle.py PROGRAM [--torch NAME]... [--state NAME]... [--install] [--record] [--short]     (make oracle; root, for namespaces)

For each build of torch and each state (states.py) one private namespace: torch is asked (ask.py), `check` is asked there,
and `check --root` about the recording that `snapshot` makes there. The three must say the same. Torch is imported once a build,
and asked in forks, where that is proved to be the same: for one build every such state is asked in a fresh process, too, for
the others some are. Builds lie in
$WHYCPU_CACHE/oracle, default .cache/oracle, one folder a version; --install fetches the missing ones (5 GB each). Debian's
own torch counts as a build where it is installed, or unpacked there (debian.py). --record writes torch's answers to answers.tsv. --short is for every day:
half a minute of what is already there. Prints TAP, and a table of what was verified and what was not.
"""
import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
TREE = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
import debian  # noqa: E402
import machine  # noqa: E402
import states  # noqa: E402
import world  # noqa: E402

CACHE = os.path.join(os.environ.get("WHYCPU_CACHE", os.path.join(TREE, ".cache")), "oracle")
VERSIONS = ("1.13.1", "2.1.2", "2.4.1", "2.6.0", "2.9.1", "2.11.0", "2.15.0")
DEBIAN = "/usr/bin/python3"
SITE = "/home/sim/v/lib/python3.11/site-packages"  # in the stored answers
QUESTIONS = ("import", "is_available", "device_count", "to_cuda", "first_kernel")
ALL = {**states.STATES, **states.ASKED, **states.BROKEN}
# What torch says besides, in environments without NumPy.
OTHER_WARNINGS = re.compile(r"Failed to initialize NumPy|NumPy module is initialized")
TRIGGERED = re.compile(r" \(Triggered internally at .*\)$", re.S)
# In --short: for Debian's torch, and for one build for CUDA.
SHORT_DEBIAN = ("no-uvm-node", "shadow-empty-file", "lib-global-deps-gone", "no-typing-extensions")
SHORT = ("no-driver", "cuinit-802", "lib-cuda-gone", "nvml-check")
# One of each kind: asked in a fork and in a fresh process with every build; with this build all are.
BOTH_WAYS = ("no-driver", "library-older", "driver-390", "uvm-node-refused", "visible-uuid-list", "nvml-check", "cuinit-802",
             "nvml-999")
COMPARED = "2.9.1"


def python_of(version):
    if version == "debian":
        return DEBIAN
    return os.path.join(CACHE, version, "bin/python")


def site_of(version):
    """The folder in which its torch lies."""
    if version == "debian":
        return "/usr/lib/python3/dist-packages"
    return subprocess.run([python_of(version), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], cwd="/",
                          check=True, capture_output=True, text=True).stdout.strip()


def has_torch(version):
    find = "import importlib.util as u; raise SystemExit(not u.find_spec('torch'))"
    python = python_of(version)
    if version == "debian" and debian.is_provided():
        return True
    return os.path.exists(python) and subprocess.run([python, "-c", find], cwd="/").returncode == 0


def install(version):
    folder = os.path.join(CACHE, version)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([DEBIAN, "-m", "venv", folder], check=True)
    subprocess.run([python_of(version), "-m", "pip", "install", "--quiet", "--no-cache-dir", f"torch=={version}"], check=True)


# ---- asking

def ask_py():
    with open(os.path.join(HERE, "ask.py"), encoding="utf-8") as f:
        return f.read()


def commands(program, python, env, cwd):
    """check, snapshot, and check of that recording."""
    target, snap = ["--python", python], "/home/sim/snap"
    return [["check", [program, "check", "--json", *target], env, cwd],
            ["snapshot", [program, "snapshot", "-o", snap, *target], env, cwd],
            ["replay", [program, "check", "--json", "--root", snap, *target], {}, cwd]]


def cwd_of(state):
    return world.breaks.WORK + "/cwd" if state["breaks"] else "/"


def can_fork(state):
    """Only the driver's side and variables that torch reads late may differ: no file of torch's, nothing that the loader reads
    when a process starts."""
    return not state["breaks"] and "LD_LIBRARY_PATH" not in machine.environment(state)


def serving(fakes, version):
    """A process that has imported this torch, on a machine without a driver."""
    return world.serving([python_of(version), "-c", ask_py()], states.STATES["no-driver"], fakes)


def ask_all(program, fakes, version, state, served=None, fresh=True):
    """{name: (parsed stdout or None, stderr, status)} of torch, check, snapshot and replay; torch is asked in a fork of `served`
    ("fork"), in a process of its own ("torch"), or both."""
    python, cwd = python_of(version), cwd_of(state)
    other = "debian" if version != "debian" else "2.6.0"
    wanted = [["fork", None, {}, cwd]] * bool(served) + [["torch", [python, "-c", ask_py()], {}, cwd]] * fresh
    said = world.play(state, fakes, wanted + commands(program, python, {}, cwd), site_of(version),
                      site_of(other) if has_torch(other) else None, served=served)
    answers = {name: parsed(its) for name, its in said.items()}
    return {"torch": answers.get("fork"), **answers}


def parsed(said):
    try:
        return json.loads(said.out), said.err, said.status
    except ValueError:
        return None, said.err, said.status


# ---- judging

def warnings_of(torch):
    return [TRIGGERED.sub("", w) for w in torch["warnings"] if not OTHER_WARNINGS.search(w)]


def is_same(told, fact):
    """One text of torch's ends with a print of this interpreter's own sys.path: the prediction stops before that list."""
    if told["raises"] and fact["raises"] and told["raises"]["text"].endswith(" not found in the system path ["):
        text = fact["raises"]["text"][:len(told["raises"]["text"])]
        fact = {**fact, "raises": {**fact["raises"], "text": text}}
    return told == fact and type(told["value"]) is type(fact["value"])


def differences(real, predicted):
    """(question, text) for each answer that is not torch's; an unknown one counts too."""
    for question in QUESTIONS:
        told, fact = predicted[question], real[question]
        if not is_same(told, fact):
            yield question, f"{question}: predicted {json.dumps(told)}, torch says {json.dumps(fact)}"
    told, fact = predicted["warnings"], warnings_of(real)
    if told != fact:
        yield "warnings", f"warnings: predicted {json.dumps(told)}, torch says {json.dumps(fact)}"


def exceptions():
    """{(state, question)} that are understood, with their reasons: exceptions.tsv."""
    with open(os.path.join(HERE, "exceptions.tsv"), encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]
    return {(torch, state, question): why for torch, state, question, why in rows[1:]}


def excused(known, version, state, question):
    return next((known[key] for key in ((version, state, question), ("*", state, question)) if key in known), None)


class Tap:
    def __init__(self):
        self.n, self.failed = 0, 0

    def result(self, name, problems, skip=""):
        self.n += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.n} - {name}{' # SKIP ' + skip if skip else ''}")
        for problem in problems:
            print(f"# {problem}", flush=True)


class Table:
    """What was held against a real torch, by build and question; and, in the same columns, what was not."""

    COLUMNS = (*QUESTIONS, "warnings")
    NOT_VERIFIED = {
        "healthy GPU, any build": ("to_cuda", "first_kernel"),  # a healthy CUDA cannot be simulated
        "conda's builds": COLUMNS,  # none is installed: their libraries lie elsewhere
        "builds for ROCm": COLUMNS,
        "official CPU wheels": COLUMNS,  # of CPU builds only Debian's is asked
    }

    def __init__(self):
        self.same, self.excused, self.wrong = (collections.Counter() for _ in range(3))
        self.builds = []

    def count(self, version, question, how):
        if version not in self.builds:
            self.builds.append(version)
        how[version, question] += 1

    def cell(self, version, question):
        key = version, question
        if not self.same[key] + self.wrong[key] + self.excused[key]:
            return "-"
        return "same %d" % self.same[key] + "".join(f", {word} {n[key]}" for word, n in (
            ("excused", self.excused), ("WRONG", self.wrong)) if n[key])

    def show(self):
        rows = [("build", *self.COLUMNS)]
        rows += [(version, *(self.cell(version, q) for q in self.COLUMNS)) for version in self.builds]
        rows += [(what, *("not verified" if q in open_ones else "-" for q in self.COLUMNS))
                 for what, open_ones in self.NOT_VERIFIED.items()]
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        for row in rows:
            print("# " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def judge_view(version, name, torch, report, known, table):
    """(what is wrong, why the rest is excused)."""
    wrong, reasons, told = [], set(), dict(differences(torch, report["prediction"]))
    for question in Table.COLUMNS:
        reason = excused(known, version, name, question) if question in told else None
        table.count(version, question, table.same if question not in told else table.excused if reason else table.wrong)
        if reason:
            reasons.add(reason)
        elif question in told:
            wrong.append(told[question])
    if report["answer"] == "uses-gpu":
        wrong.append("uses-gpu, where no GPU can be used")
    if wrong:
        wrong.append(f"answer {report['answer']}, diagnosis {report['diagnosis']}")
    return wrong, reasons


def judge(tap, table, known, version, name, answers):
    torch, error, _ = answers["torch"]
    if torch is None:
        tap.result(f"{version} {name}: torch answers", [error[-500:]])
        return
    for view in ("check", "replay"):
        report, error, status = answers[view]
        if report is None:
            tap.result(f"{version} {name}: {view}", [f"status {status}: {error[-300:]}"])
            continue
        wrong, reasons = judge_view(version, name, torch, report, known, table)
        tap.result(f"{version} {name}: {view}", wrong, "" if wrong else "; ".join(sorted(reasons)))
    if answers["check"][0] and answers["replay"][0]:
        a, b = ({key: answers[v][0][key] for key in ("answer", "diagnosis", "prediction")} for v in ("check", "replay"))
        tap.result(f"{version} {name}: the recording gives the same answer", [] if a == b else [json.dumps(a), json.dumps(b)])


# ---- the stored answers

def row_of(version, name, torch):
    """Without the names of this machine's folders."""
    text = [json.dumps(torch[q], ensure_ascii=False) for q in QUESTIONS] + [json.dumps(warnings_of(torch), ensure_ascii=False)]
    site = site_of(version)
    shown = site if version == "debian" else SITE
    return "\t".join([version, name] + [cell.replace(site, shown) for cell in text])


def save(rows):
    """What was not asked this time stays."""
    path, kept = os.path.join(HERE, "answers.tsv"), {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            kept = {tuple(line.split("\t")[:2]): line.rstrip("\n") for line in f if line[0] not in "#t"}
    kept.update({tuple(row.split("\t")[:2]): row for row in rows})
    rows = kept.values()
    with open(path, "w", encoding="utf-8") as f:
        f.write("# What the real torch says in each state (states.py), as oracle.py --record wrote it. JSON in the cells; the place in\n"
                "# torch's own source is cut from the warnings.\n"
                "torch\tstate\t" + "\t".join(QUESTIONS) + "\twarnings\n" + "\n".join(rows) + "\n")


def run_short(tap, table, program, fakes, known):
    """Debian's torch and one for CUDA, each only if it is there already. And: does a fork say what a fresh process says?"""
    found, reason = [v for v in VERSIONS if has_torch(v)][-1:], debian.provide(CACHE)
    if reason:
        tap.result("Debian's torch", [], f"NOT ASKED: {reason}")
    if not found:
        tap.result("a torch for CUDA", [], "NONE IN THE CACHE: `make oracle` fetches seven")
    for version, names in [("debian", SHORT_DEBIAN)] * (not reason) + [(v, SHORT) for v in found]:
        ask_build(tap, table, program, fakes, known, version, names)


def ask_build(tap, table, program, fakes, known, version, names):
    """The rows of its answers."""
    rows = []
    with serving(fakes, version) as served:
        for name in names:
            forked = can_fork(ALL[name])
            fresh = not forked or version in (COMPARED, "debian") or name in BOTH_WAYS
            answers = ask_all(program, fakes, version, ALL[name], served if forked else None, fresh)
            judge(tap, table, known, version, name, answers)
            if answers["torch"][0]:
                rows.append(row_of(version, name, answers["torch"][0]))
            if forked and fresh:
                compare_fork(tap, version, name, answers["torch"][0], answers["fork"][0])
    return rows


def compare_fork(tap, version, name, fresh, forked):
    tap.result(f"{version} {name}: torch says the same in a fork",
               [] if fresh and fresh == forked else [json.dumps(fresh), json.dumps(forked)])


def run_all(tap, table, program, fakes, known, options):
    for version in options.torch or (*VERSIONS, "debian"):
        if options.install and version != "debian" and not has_torch(version):
            install(version)
        if not has_torch(version):
            tap.result(f"torch {version}", [], "not installed; `make oracle` fetches it")
            continue
        names = [name for name in ALL if not options.state or name in options.state]
        rows = ask_build(tap, table, program, fakes, known, version, names)
        if options.record:
            save(rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--torch", action="append")
    parser.add_argument("--state", action="append")
    for switch in ("--install", "--record", "--short"):
        parser.add_argument(switch, action="store_true")
    options = parser.parse_args()
    program, tap, table = os.path.abspath(options.program), Tap(), Table()
    reason = world.refusal()
    if reason:
        print(f"1..0 # SKIP NO REAL TORCH WAS ASKED: {reason}")
        return 0
    with tempfile.TemporaryDirectory(prefix="whycpu-fakes-") as fakes:
        world.build_fakes(fakes)
        if options.short:
            run_short(tap, table, program, fakes, exceptions())
        else:
            run_all(tap, table, program, fakes, exceptions(), options)
    table.show()
    print(f"1..{tap.n}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
