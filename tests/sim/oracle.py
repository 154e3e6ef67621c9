#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The real torch on a simulated driver judges the predictions.

    oracle.py PROGRAM [--torch NAME]... [--state NAME]... [--install] [--record]      (make oracle; root, for namespaces)

For each build of torch and each state (states.py) one private namespace: torch is asked (ask.py), `check` is asked there,
and `check --root` about the recording that `snapshot` makes there. The three must say the same. Builds lie in
$WHYCPU_CACHE/oracle, default .cache/oracle, one folder a version; --install fetches the missing ones (5 GB each). Debian's
own torch counts as a build where it is installed. --record writes torch's answers to answers.tsv. Prints TAP.
"""
import argparse
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
import machine  # noqa: E402
import states  # noqa: E402

CACHE = os.path.join(os.environ.get("WHYCPU_CACHE", os.path.join(TREE, ".cache")), "oracle")
VERSIONS = ("1.13.1", "2.1.2", "2.4.1", "2.6.0", "2.9.1", "2.11.0", "2.15.0")
DEBIAN = "/usr/bin/python3"
QUESTIONS = ("import", "is_available", "device_count", "to_cuda", "first_kernel")
# What torch says besides, in environments without NumPy.
OTHER_WARNINGS = re.compile(r"Failed to initialize NumPy|NumPy module is initialized")
TRIGGERED = re.compile(r" \(Triggered internally at .*\)$", re.S)


def python_of(version):
    if version == "debian":
        return DEBIAN
    return os.path.join(CACHE, version, "bin/python")


def has_torch(version):
    find = "import importlib.util as u; raise SystemExit(not u.find_spec('torch'))"
    python = python_of(version)
    return os.path.exists(python) and subprocess.run([python, "-c", find], cwd="/").returncode == 0


def install(version):
    folder = os.path.join(CACHE, version)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([DEBIAN, "-m", "venv", folder], check=True)
    subprocess.run([python_of(version), "-m", "pip", "install", "--quiet", "--no-cache-dir", f"torch=={version}"], check=True)


def build_fakes():
    fakes = os.path.join(CACHE, "fakes")
    os.makedirs(fakes, exist_ok=True)
    for source, name in (("fakecuda.c", "libcuda.so.1"), ("fakenvml.c", "libnvidia-ml.so.1")):
        subprocess.run([os.environ.get("CC", "cc"), "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC",
                        "-Wl,-Bsymbolic", f"-Wl,-soname,{name}", os.path.join(HERE, source), os.path.join(HERE, "conf.c"),
                        "-o", os.path.join(fakes, name)], check=True)
    return fakes


def commands(program, python):
    with open(os.path.join(HERE, "ask.py"), encoding="utf-8") as f:
        ask = f.read()
    target = ["--python", python]
    return [["torch", [python, "-c", ask], {}, "/"],
            ["check", [program, "check", "--json", *target], {}, "/"],
            ["snapshot", [program, "snapshot", "-o", "/home/sim/snap", *target], {}, "/"],
            ["replay", [program, "check", "--json", "--root", "/home/sim/snap", *target], {}, "/"]]


def ask_all(program, fakes, version, state):
    """{name: (parsed stdout or None, stderr, status)} of torch, check, snapshot and replay."""
    with tempfile.TemporaryDirectory(prefix="whycpu-sim-") as scratch:
        case, out, wanted = (os.path.join(scratch, name) for name in ("case", "out", "commands.json"))
        machine.write_case(state, case)
        os.mkdir(out)
        os.chmod(scratch, 0o755)
        with open(wanted, "w", encoding="utf-8") as f:
            json.dump(commands(program, python_of(version)), f)
        subprocess.run([sys.executable, os.path.join(HERE, "world.py"), case, fakes, out, wanted], check=True)
        return {name: answer(out, name) for name in ("torch", "check", "snapshot", "replay")}


def answer(out, name):
    texts = {}
    for suffix in ("out", "err", "rc"):
        with open(os.path.join(out, f"{name}.{suffix}"), encoding="utf-8", errors="replace") as f:
            texts[suffix] = f.read()
    try:
        parsed = json.loads(texts["out"])
    except ValueError:
        parsed = None
    return parsed, texts["err"], int(texts["rc"])


def warnings_of(torch):
    return [TRIGGERED.sub("", w) for w in torch["warnings"] if not OTHER_WARNINGS.search(w)]


def differences(real, predicted):
    """(question, text) for each answer that is not torch's; an unknown one counts too."""
    for question in QUESTIONS:
        told, fact = predicted[question], real[question]
        if told != fact or type(told["value"]) is not type(fact["value"]):
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


def judge(tap, known, version, name, answers):
    torch, error, _ = answers["torch"]
    if torch is None:
        tap.result(f"{version} {name}: torch answers", [error[-500:]])
        return
    for view in ("check", "replay"):
        report, error, status = answers[view]
        if report is None:
            tap.result(f"{version} {name}: {view}", [f"status {status}: {error[-300:]}"])
            continue
        wrong, reasons = [], []
        for question, text in differences(torch, report["prediction"]):
            reason = excused(known, version, name, question)
            reasons.append(reason) if reason else wrong.append(text)
        if wrong:
            wrong.append(f"answer {report['answer']}, diagnosis {report['diagnosis']}")
        tap.result(f"{version} {name}: {view}", wrong, "" if wrong or not reasons else "; ".join(sorted(set(reasons))))
    if answers["check"][0] and answers["replay"][0]:
        a, b = ({key: answers[v][0][key] for key in ("answer", "diagnosis", "prediction")} for v in ("check", "replay"))
        tap.result(f"{version} {name}: the recording gives the same answer", [] if a == b else [json.dumps(a), json.dumps(b)])


def row_of(version, name, torch):
    cells = [version, name] + [json.dumps(torch[q], ensure_ascii=False) for q in QUESTIONS]
    return "\t".join(cells + [json.dumps(warnings_of(torch), ensure_ascii=False)])


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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--torch", action="append")
    parser.add_argument("--state", action="append")
    parser.add_argument("--install", action="store_true")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    program, tap, rows = os.path.abspath(options.program), Tap(), []
    if os.geteuid() != 0:
        print("1..0 # SKIP namespaces need root")
        return 0
    fakes, known = build_fakes(), exceptions()
    for version in options.torch or (*VERSIONS, "debian"):
        if options.install and version != "debian" and not has_torch(version):
            install(version)
        if not has_torch(version):
            tap.result(f"torch {version}", [], "not installed; `make oracle` fetches it")
            continue
        for name, state in states.STATES.items():
            if options.state and name not in options.state:
                continue
            answers = ask_all(program, fakes, version, state)
            judge(tap, known, version, name, answers)
            if answers["torch"][0]:
                rows.append(row_of(version, name, answers["torch"][0]))
    if options.record:
        save(rows)
    print(f"1..{tap.n}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
