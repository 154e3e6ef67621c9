#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Does the program say of each recorded machine what is true of it?

    run-cases.py [BIN] [--cases DIR] [--brief] [NAME...]    BIN: the program, or $WHYCPU; NAME: folders of DIR, default all

--brief, for a program with sanitizers: one process per question, JSON and text, and no other view of the same answer.

For each folder (tests/cases/README.md): is it well formed; does `check --root FOLDER --json` keep to the schema and say
what expect.json says; does the run in one process say the same; is the text fit for a screen? Prints TAP.
"""
import functools, importlib.util, json, os, re, shutil, subprocess, sys, tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
TREE = os.path.dirname(HERE)
SECONDS = 60
# Cases that ask what the linter reads of the script.
OF_CODE = ("code-", "x-script-")
BRIEF = False
FILE_MAX = 100_000
SCREEN_LINES, SCREEN_COLUMNS = 24, 80

PARTS = {"root", "root.meta", "root.elf", "env", "probes", "case.txt", "expect.json"}
REQUIRED = {"answer", "diagnosis", "findings", "absent", "exit"}
OPTIONAL = {"prediction", "may", "args", "empty_dirs", "commands"}
ANSWERS = {"uses-gpu", "cannot-use-gpu", "cannot-tell"}
ROLES = {"cause", "symptom", "warning", "advice", "unknown", "ruled-out"}
STEPS = ("import", "is_available", "device_count", "to_cuda", "first_kernel")
ELF_KEYS = {"class", "machine", "soname", "interp", "needed", "rpath", "runpath", "version_needs", "version_defs",
            "notes", "arch_strings"}
PATH = r"(?!/)(?!(?:[^ ]*/)?\.\.(?:/|$))[^ \x00-\x1f\x7f]+"
OWNED = r"[0-7]{3,4} \S+ \S+"
META_LINE = re.compile("|".join((
    rf"[cb] \d+ \d+ {OWNED} (?P<p1>{PATH})", rf"[df] {OWNED} (?P<p2>{PATH})", rf"(?:list|name) (?P<p3>{PATH})",
    rf"E[A-Z0-9]+ (?P<p4>{PATH})", rf"HANG (?P<p5>{PATH})(?: [a-z_]+=\S*)*", rf"access E[A-Z0-9]+ (?P<p6>{PATH})",
    rf"(?:mtime|size) \d+ (?P<p7>{PATH})", r"user \d+ \d+(?: \d+)* [0-9a-f]+", r"now \d+", r"kernel \S+ \S+",
    r"cwd /\S*", r"hidden [A-Za-z_]\w*", r"#.*")))


class Malformed(Exception):
    """The folder is no case: nothing that the program does with it would prove anything."""


# ---- is the folder a case?

def read(*parts):
    with open(os.path.join(*parts), encoding="utf-8", errors="surrogateescape", newline="") as file:
        return file.read()


def no_twice(pairs):
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError(f"a key stands twice: {sorted(key for key, _ in pairs)}")
    return dict(pairs)


def parsed(name, text):
    try:
        return json.loads(text, object_pairs_hook=no_twice)
    except ValueError as error:
        raise Malformed(f"{name}: {error}") from None


def need(condition, what):
    if not condition:
        raise Malformed(what)


@functools.cache
def known_ids():
    """The ids of data/causes.tsv; what is ruled out is called not-..., a proposed id x-..."""
    rows = [line.split("\t")[0] for line in read(TREE, "data/causes.tsv").splitlines() if not line.startswith("#")]
    return set(rows[1:])


def is_id(text):
    return isinstance(text, str) and (text in known_ids() or text.startswith(("not-", "x-")))


def one_or_more(value, allowed, what):
    """A list stands for "one of these", where the design leaves the choice open."""
    values = value if isinstance(value, list) else [value]
    need(values and all(allowed(v) for v in values), f"expect.json: {what} {value!r}")


def check_outcome(step, value):
    if isinstance(value, dict):
        need("value" in value and set(value) <= {"value", "raises"}, f"expect.json: prediction of {step}: {value}")
        raises = value.get("raises")
        need(raises is None or set(raises) == {"type", "text"}, f"expect.json: {step} raises {raises}")
        need(raises is None or value["value"] is False, f"expect.json: {step} raises and is not false")
        value = value["value"]
    need(value is None or type(value) in ((bool, int) if step == "device_count" else (bool,)),
         f"expect.json: prediction of {step} is {value!r}")


def check_expectation(expect):
    need(isinstance(expect, dict), "expect.json is no object")
    need(REQUIRED <= set(expect), f"expect.json lacks {sorted(REQUIRED - set(expect))}")
    need(set(expect) <= REQUIRED | OPTIONAL, f"expect.json: unknown {sorted(set(expect) - REQUIRED - OPTIONAL)}")
    one_or_more(expect["answer"], lambda a: a in ANSWERS, "answer")
    one_or_more(expect["diagnosis"], is_id, "diagnosis")
    one_or_more(expect["exit"], lambda e: e in (0, 1, 3), "exit")
    for finding in expect["findings"]:
        need(set(finding) - {"subject"} == {"id", "role"}, f"expect.json: finding {finding}")
        need(is_id(finding["id"]) and finding["role"] in ROLES, f"expect.json: finding {finding}")
    for name in ("absent", "may"):
        need(all(is_id(i) for i in expect.get(name, [])), f"expect.json: {name} {expect.get(name)}")
    both = set(expect["absent"]) & {f["id"] for f in expect["findings"] if f["role"] != "ruled-out"}
    need(not both, f"expect.json: expected and absent: {sorted(both)}")
    causes = [f["id"] for f in expect["findings"] if f["role"] == "cause"]
    if isinstance(expect["exit"], int):
        need((expect["exit"] == 1) == bool(causes), f"expect.json: exit {expect['exit']} with the causes {causes}")
    if isinstance(expect["diagnosis"], str) and expect["diagnosis"] not in ("undetermined", "not-a-fault"):
        need(expect["diagnosis"] in causes, "expect.json: the diagnosis is not among the causes")
    need(all(isinstance(c, str) for c in expect.get("commands", [])), "expect.json: commands")
    for step, value in expect.get("prediction", {}).items():
        if step == "warnings":
            need(value and all(isinstance(w, str) for w in value), "expect.json: warnings")
        else:
            need(step in STEPS, f"expect.json: prediction of {step}")
            check_outcome(step, value)


def check_meta(folder):
    lines = read(folder, "root.meta").split("\n")
    need(lines[-1] == "", "root.meta: no line end at the end")
    need(lines[0] in ("whycpu.case/1 complete", "whycpu.case/1 partial"), f"root.meta:1: {lines[0]!r}")
    for number, line in enumerate(lines[1:-1], 2):
        match = META_LINE.fullmatch(line)
        need(match, f"root.meta:{number}: {line!r}")
        path = next((p for p in match.groups() if p), None)
        is_link = path and not line.startswith("ENOENT") and os.path.islink(os.path.join(folder, "root", path))
        need(not is_link, f"root.meta:{number}: {path} is a link of root/, which is followed first: take the link away")
        need(path is None or not behind_link(folder, path),
             f"root.meta:{number}: {path} leads through a link of root/: name the place behind it")


def behind_link(folder, path):
    """Links are resolved before root.meta is asked: a line on a path that leads through one would never be read."""
    parts = path.split("/")
    return any(os.path.islink(os.path.join(folder, "root", *parts[:n])) for n in range(1, len(parts)))


def check_files(folder):
    for place, dirs, files in os.walk(folder):
        where = os.path.relpath(place, folder)
        need(dirs or files, f"{where}: an empty folder, which git does not keep (`d` in root.meta)")
        for name in dirs + files:
            path = os.path.join(place, name)
            need(not name.startswith(".git"), f"{where}/{name}: git would not keep it")
            if not os.path.islink(path):
                need(os.path.isdir(path) or os.path.isfile(path), f"{where}/{name}: neither file, folder nor link")
                need(os.path.isdir(path) or os.path.getsize(path) <= FILE_MAX, f"{where}/{name}: over {FILE_MAX} bytes")


def check_elf(folder):
    top = os.path.join(folder, "root.elf")
    for place, _, files in os.walk(top):
        for name in files:
            of = os.path.relpath(os.path.join(place, name), top)
            need(of.endswith(".json"), f"root.elf/{of}: no .json")
            keys = set(parsed(f"root.elf/{of}", read(place, name)))
            need({"class", "machine"} <= keys <= ELF_KEYS, f"root.elf/{of}: keys {sorted(keys)}")
            target = os.path.join(folder, "root", of[: -len(".json")])
            need(os.path.isfile(target) and not os.path.islink(target), f"root.elf/{of}: no such file in root/")


def load(folder):
    """The expectation of a case, after everything that can be checked about the folder."""
    need(os.path.isdir(folder), "no such folder")
    names = set(os.listdir(folder))
    need(names <= PARTS, f"not part of a case: {sorted(names - PARTS)}")
    need({"case.txt", "expect.json"} <= names, "case.txt or expect.json is missing")
    need({"root", "root.meta"} & names, "neither root/ nor root.meta")
    need(len(read(folder, "case.txt").split()) >= 5, "case.txt: one sentence, and where it comes from")
    expect = parsed("expect.json", read(folder, "expect.json"))
    check_expectation(expect)
    check_files(folder)
    if "root.meta" in names:
        check_meta(folder)
        check_elf(folder)
        need("empty_dirs" not in expect, "expect.json: empty_dirs is for trees without root.meta")
    else:
        need(names == {"root", "case.txt", "expect.json"}, "without root.meta: a plain tree, root/ only")
    if "env" in names:
        for line in re.split("[\n\0]", read(folder, "env")):
            need(not line or re.match(r"[^=]+=", line), f"env: {line!r}")
    return expect


# ---- what the program says

class Run:
    """One call. Its own environment is a trap: nothing of it may reach an answer about another machine."""

    def __init__(self, program, root, args, **env):
        trap = {"PATH": "/nonexistent", "HOME": "/nonexistent", "VIRTUAL_ENV": "/nonexistent", "LC_ALL": "C.UTF-8",
                "CUDA_VISIBLE_DEVICES": "-1", "PYTHONPATH": "/nonexistent", "TERM": "dumb"}
        kept = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
        try:
            done = subprocess.run([program, "check", "--root", root, *args], env={**kept, **trap, **env}, timeout=SECONDS,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.status, self.out, self.err = done.returncode, done.stdout, done.stderr.decode(errors="replace")
        except subprocess.TimeoutExpired:
            self.status, self.out, self.err = None, b"", f"no end within {SECONDS} s"

    def problems(self, expected):
        found = []
        if self.status not in expected:
            found.append(f"exit status {self.status}, expected {' or '.join(map(str, expected))}; {self.err[:300]}")
        if re.search(r"Sanitizer|runtime error:|Assertion", self.err):
            found.append(self.err[:2000])
        return found


def listed(value):
    return value if isinstance(value, list) else [value]


def finding_problems(expect, findings):
    found = []
    for wanted in expect["findings"]:
        same = [f for f in findings if f["id"] == wanted["id"] and f["role"] == wanted["role"] and
                wanted.get("subject", f["subject"]) == f["subject"]]
        if not same:
            has = sorted({f["role"] for f in findings if f["id"] == wanted["id"]})
            found.append(f"finding {wanted['id']}: expected {wanted['role']}, has {', '.join(has) or 'nothing'}")
    for f in findings:
        named = [w for w in expect["findings"] if (w["id"], w["role"]) == (f["id"], f["role"])]
        if f["role"] in ("cause", "warning") and not named and f["id"] not in expect.get("may", []):
            found.append(f"finding {f['id']}: unexpected {f['role']}: {f['title']}")
        elif f["id"] in expect["absent"] and f["role"] != "ruled-out":
            found.append(f"finding {f['id']}: must be absent, is {f['role']}: {f['title']}")
    return found


def same(a, b):
    """1 and True are not the same answer."""
    return type(a) is type(b) and a == b


def prediction_problems(wanted, prediction):
    found = []
    for step, value in wanted.items():
        if step == "warnings":
            found += [f"no warning begins: {w}" for w in value
                      if not any(said.startswith(w) for said in prediction["warnings"])]
            continue
        value = value if isinstance(value, dict) else {"value": value}
        said = prediction[step]
        if not same(said["value"], value["value"]) or "raises" in value and said["raises"] != value["raises"]:
            found.append(f"prediction of {step}: {said}, expected {value}")
    return found


def command_problems(expect, findings):
    """What the first cause tells to type, word for word."""
    cause = next((f for f in findings if f["role"] == "cause"), {"fix": []})
    commands = [fix["command"] for fix in cause["fix"] if fix["command"]]
    if commands == expect.get("commands", commands):
        return []
    return [f"commands: {commands}, expected {expect['commands']}"]


def answer_problems(expect, report):
    found = []
    for name in ("answer", "diagnosis"):
        if report[name] not in listed(expect[name]):
            found.append(f"{name}: {report[name]}, expected {' or '.join(listed(expect[name]))}")
    found += finding_problems(expect, report["findings"])
    found += command_problems(expect, report["findings"])
    found += prediction_problems(expect.get("prediction", {}), report["prediction"])
    return found


def consistency_problems(report, status):
    """What holds of every answer (DESIGN, sections 1 and 2)."""
    found = []
    causes = [f["id"] for f in report["findings"] if f["role"] == "cause"]
    # A program that does not use a GPU that works.
    by_code = any(f["role"] == "cause" and "rule" in f for f in report["findings"])
    works = report["prediction"]["first_kernel"]["value"] is True
    if (report["answer"] == "uses-gpu") != (works and not by_code):
        found.append(f"{report['answer']}, but first_kernel is predicted {report['prediction']['first_kernel']}")
    if report["answer"] == "cannot-tell" and causes:
        found.append(f"cannot-tell with the causes {causes}")
    if (status == 1) != bool(causes):
        found.append(f"exit status {status} with the causes {causes}")
    if status == 0 and report["answer"] != "uses-gpu":
        found.append(f"exit status 0 for {report['answer']}")
    if report["diagnosis"] not in causes + ["undetermined", "not-a-fault"]:
        found.append(f"diagnosis {report['diagnosis']} is no cause")
    return found


def text_problems(run, utf8):
    try:
        text = run.out.decode("utf-8" if utf8 else "ascii")
    except UnicodeDecodeError as error:
        return [f"text is not {'UTF-8' if utf8 else 'ASCII'}: {error}"]
    lines = text.split("\n")
    found = [f"a line of {len(line)} columns: {line}" for line in lines if len(line) > SCREEN_COLUMNS]
    if lines[-1] != "" or len(lines) == 1:
        found.append("no text, or no line end")
    if len(lines) - 1 > SCREEN_LINES:
        found.append(f"{len(lines) - 1} lines: more than a screen")
    strange = sorted({hex(ord(c)) for c in text if c != "\n" and (c < " " or "\x7f" <= c <= "\x9f")})
    return found + ([f"control characters {strange}"] if strange else [])


SAMPLE = re.compile(r'whycpu_[a-z_]+(\{([a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*\})? -?[0-9]+')
HEAD = re.compile(r"# (HELP whycpu_[a-z_]+ [ -~]+|TYPE whycpu_[a-z_]+ gauge)")


def metrics_problems(run, report):
    """Prometheus text format 0.0.4, by its grammar, and the same answer as the report's."""
    lines = run.out.decode("utf-8", "replace").split("\n")
    found = [f"metrics: no sample: {line}" for line in lines[:-1] if not (SAMPLE.fullmatch(line) or HEAD.fullmatch(line))]
    if lines[-1] != "":
        found.append("metrics: no line end")
    wanted = {f'whycpu_diagnosis{{id="{report["diagnosis"]}"}} 1'}
    wanted |= {f'whycpu_answer{{answer="{a}"}} {int(a == report["answer"])}'
               for a in ("uses-gpu", "cannot-use-gpu", "cannot-tell")}
    wanted |= {f'whycpu_prediction{{question="{q}"}} {int(p["value"])}' for q, p in report["prediction"].items()
               if q != "warnings" and p["value"] is not None}
    found += [f"metrics: missing: {line}" for line in sorted(wanted - set(lines))]
    asked = sum(line.startswith("whycpu_prediction{") for line in lines)
    known = sum(w.startswith("whycpu_prediction{") for w in wanted)
    if asked != known:
        found.append(f"metrics: {asked} predictions, the report has {known}")
    findings = sum(line.startswith("whycpu_finding{") for line in lines)
    if findings != len(report["findings"]):
        found.append(f"metrics: {findings} findings, the report has {len(report['findings'])}")
    return found


def judge(program, validator, root, expect):
    expected, args = listed(expect["exit"]), expect.get("args", [])
    run = Run(program, root, ["--json", *args], **({"WHYCPU_LOOKER": "inline"} if BRIEF else {}))
    problems = run.problems(expected)
    faults = validator.problems_of_text(run.out)
    if faults:
        return problems + [f"report: {fault}" for fault in faults[:8]]
    report = json.loads(run.out)
    problems += answer_problems(expect, report) + consistency_problems(report, run.status)

    if BRIEF:
        text = Run(program, root, args, WHYCPU_LOOKER="inline")
        return problems + text.problems([run.status]) + text_problems(text, True)
    inline = Run(program, root, ["--json", *args], WHYCPU_LOOKER="inline")
    problems += [f"in one process: {p}" for p in inline.problems([run.status])]
    if inline.out != run.out:
        problems.append("in one process it says something else: " + first_difference(run.out, inline.out))
    for utf8, locale in ((True, "C.UTF-8"), (False, "C")):
        text = Run(program, root, args, LC_ALL=locale)
        problems += [f"text in {locale}: {p}" for p in text.problems([run.status]) + text_problems(text, utf8)]
    metrics = Run(program, root, ["--format", "prometheus", *args])
    return problems + metrics.problems([run.status]) + metrics_problems(metrics, report)


def first_difference(a, b):
    for x, y in zip(a.splitlines(), b.splitlines()):
        if x != y:
            at = next((i for i, (p, q) in enumerate(zip(x, y)) if p != q), min(len(x), len(y)))
            return f"{x[max(0, at - 60):at + 60]!r} and {y[max(0, at - 60):at + 60]!r}"
    return f"{len(a)} and {len(b)} bytes"


def run_case(program, validator, folder):
    expect = load(folder)
    if os.path.exists(os.path.join(folder, "root.meta")):
        return judge(program, validator, folder, expect)
    if "empty_dirs" not in expect:
        return judge(program, validator, os.path.join(folder, "root"), expect)
    with tempfile.TemporaryDirectory() as place:  # git keeps no empty folders
        root = os.path.join(place, "root")
        shutil.copytree(os.path.join(folder, "root"), root, symlinks=True)
        for name in expect["empty_dirs"]:
            os.makedirs(os.path.join(root, name))
        return judge(program, validator, root, expect)


# ---- all of them

def load_validator():
    spec = importlib.util.spec_from_file_location("validate_schema", os.path.join(HERE, "validate-schema.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def split_arguments(words):
    global BRIEF
    cases, names = os.path.join(HERE, "cases"), []
    BRIEF = "--brief" in words
    words = [w for w in words if w != "--brief"]
    while words:
        word = words.pop(0)
        if word == "--cases" and words:
            cases = words.pop(0)
        elif word.startswith("-"):
            sys.exit(__doc__)
        else:
            names.append(word.rstrip("/"))
    program = os.environ.get("WHYCPU")
    if names and os.path.isfile(names[0]):
        program = names.pop(0)
    if not program or not os.access(program, os.X_OK):
        sys.exit(f"run-cases.py: no program to test: {program}")
    return os.path.abspath(program), cases, [os.path.basename(n) for n in names]


def main(words):
    program, cases, names = split_arguments(words)
    if not names:
        names = sorted(n for n in os.listdir(cases) if os.path.isdir(os.path.join(cases, n)))
    if not names:
        sys.exit(f"run-cases.py: no case in {cases}")
    validator, failed = load_validator(), 0
    done = subprocess.run([program, "lint", "-"], stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS)
    without_lint = b"without the linter" in done.stderr
    print(f"1..{len(names)}")
    for number, name in enumerate(names, 1):
        if without_lint and name.startswith(OF_CODE):
            print(f"ok {number} - {name} # SKIP this whycpu was built without the linter")
            continue
        try:
            problems = run_case(program, validator, os.path.join(cases, name))
        except Malformed as error:
            problems = [f"malformed case: {error}"]
        failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {number} - {name}")
        for problem in problems:
            for line in re.sub(r"[^\n\x20-\x7e]", "?", problem)[:2000].split("\n"):
                print(f"#   {line}")
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
