#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Are these reports of whycpu what doc/report.schema.json promises?

    validate-schema.py FILE...     "-" is standard input; one line for each fault, exit status 1 if there is any
    validate-schema.py --self-test does the schema refuse what it must? Prints TAP.

Beside the schema, what a schema cannot say: the diagnosis is the first cause, and nothing but ASCII is written.
"""
import copy, json, os, sys

import jsonschema

SCHEMA = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "doc", "report.schema.json")
with open(SCHEMA, encoding="ascii") as file:
    VALIDATOR = jsonschema.Draft7Validator(json.load(file))


def no_twice(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        raise ValueError(f"a key stands twice: {sorted(keys)}")
    return dict(pairs)


def problems_of(report):
    """Faults of a parsed report, one text each."""
    found = [f"{'/'.join(map(str, e.absolute_path)) or 'report'}: {e.message[:300]}" for e in VALIDATOR.iter_errors(report)]
    if found:
        return found
    causes = [f["id"] for f in report["findings"] if f["role"] == "cause"]
    if "diagnosis" in report and report["diagnosis"] not in ("undetermined", "not-a-fault", *causes[:1]):
        found.append(f"diagnosis: {report['diagnosis']} is not the first cause of {causes}")
    for finding in report["findings"]:
        if finding["explained_by"] and finding["explained_by"] not in [f["id"] for f in report["findings"]]:
            found.append(f"findings: {finding['id']} is explained by what is not there")
    return found


def problems_of_text(raw):
    """Faults of a report as it was written: bytes."""
    try:
        text = raw.decode("ascii")
        report = json.loads(text, object_pairs_hook=no_twice)
    except ValueError as error:
        return [f"not ASCII JSON: {error}"]
    strange = [c for c in text if c < " " and c != "\n" or c == "\x7f"]
    if strange or not text.endswith("\n"):
        return [f"control characters, or no line end: {strange[:3]}"]
    return problems_of(report)


def fact(value):
    return {"v": value, "from": "/proc/x:1"}


def outcome(value, raises=None):
    return {"value": value, "raises": raises}


def example():
    """A report that is right: a CPU build, and a module version that could not be read."""
    raises = {"type": "AssertionError", "text": "Torch not compiled with CUDA enabled"}
    cause = {
        "id": "cpu-only-torch-build", "role": "cause", "stage": "torch", "severity": "error", "confidence": "proved",
        "subject": "", "title": "torch is a CPU build", "evidence": [{"what": "cuda is None", "source": "/t/version.py:5"}],
        "fix": [{"command": "pip install torch", "applies": "likely", "words": "a CUDA build"}], "explained_by": None}
    return {
        "schema": "whycpu.report/1", "tool": {"name": "whycpu", "version": "0.1.0"},
        "target": {"python": "/usr/bin/python3", "torch": "2.6.0+cpu", "chosen": "python3 on PATH"},
        "answer": "cannot-use-gpu", "diagnosis": "cpu-only-torch-build", "basis": "files",
        "prediction": {
            "import": outcome(True), "is_available": outcome(False), "device_count": outcome(0),
            "to_cuda": outcome(False, raises), "first_kernel": outcome(False, raises), "warnings": []},
        "findings": [cause, {**cause, "id": "driver-unknown", "role": "unknown", "severity": "advice", "evidence": []}],
        "not_looked_at": [],
        "facts": {
            "platform": {"uid": fact(0), "wsl": {"absent": True, "from": "/dev/dxg"}},
            "pci": {"gpus": {"v": [{"addr": "0000:01:00.0", "vendor": fact("0x10de")}], "unknown": "EACCES", "from": "/sys/x"}},
            "drvlib": {"libcuda": {"path": {"absent": True, "from": "/usr/lib"}}, "compat_hosts": fact(["535"])}}}


def of_lint(report):
    """The example becomes a report of `whycpu lint`."""
    at = {"file": "train.py", "line": 3, "column": 1, "end_line": 3, "end_column": 9, "excerpt": "x.to(dev)"}
    edit = {"start": 20, "end": 20, "at": {**at, "end_column": 1}, "text": "x = ", "applies": "safe"}
    finding = {
        "id": "discarded-to-result", "role": "cause", "stage": "code", "severity": "error", "confidence": "proved",
        "subject": "train.py", "title": "the moved copy is thrown away", "evidence": [], "location": at,
        "way": [{"at": {**at, "line": 1}, "text": "created here"}], "explained_by": None,
        "fix": [{"command": None, "applies": "safe", "words": "assign it", "edits": [edit]}]}
    report.clear()
    report.update(schema="whycpu.report/1", tool={"name": "whycpu", "version": "0.1.0"}, findings=[finding], lint_files=1,
                  notes=[])


def lint(*way_and_value):
    """A change of that one."""
    def change(report):
        of_lint(report)
        put(*way_and_value)(report)
    return change


def put(*way_and_value):
    """A change of the example: the way to a value, then the value."""
    *way, last, value = way_and_value

    def change(report):
        for step in way:
            report = report[step]
        if value is KeyError:
            del report[last]
        else:
            report[last] = value
    return change


def sound(report):
    report.update(answer="uses-gpu", diagnosis="not-a-fault", findings=[])


RIGHT = {
    "the example": lambda report: None,
    "an unknown field at the top": put("later", 1),
    "an unknown field in a finding": put("findings", 0, "later", 1),
    "an undetermined diagnosis beside a cause": put("diagnosis", "undetermined"),
    "a report of lint": of_lint,
    "a finding without a fix": lint("findings", 0, "fix", []),
    "a cell of a notebook": lint("findings", 0, "location", "cell", 2),
    "device_count unknown": put("prediction", "device_count", outcome(None)),
    "an import that fails": put("prediction", "import", outcome(False, {"type": "ModuleNotFoundError", "text": "No"})),
}
WRONG = {
    "another schema": put("schema", "whycpu.report/2"),
    "no answer": put("answer", KeyError),
    "an answer of its own": put("answer", "maybe"),
    "a diagnosis that is no cause": put("diagnosis", "nouveau-bound"),
    "a diagnosis that is no finding but a sentence": put("diagnosis", "the CPU build"),
    "a diagnosis of the second cause": put("findings", 0, "id", "nouveau-bound"),
    "not-a-fault though it cannot use the GPU": put("diagnosis", "not-a-fault"),
    "uses-gpu with a cause": lambda r: (
        r.update(answer="uses-gpu", diagnosis="not-a-fault"), r["prediction"].update(first_kernel=outcome(True))),
    "uses-gpu though the first kernel fails": sound,
    "cannot-tell with a diagnosis": lambda r: r.update(answer="cannot-tell", findings=[]),
    "a cause without evidence": put("findings", 0, "evidence", []),
    "a cause that is a warning": put("findings", 0, "severity", "warning"),
    "a role of its own": put("findings", 0, "role", "reason"),
    "a stage of its own": put("findings", 0, "stage", "cloud"),
    "evidence without a source": put("findings", 0, "evidence", 0, "source", ""),
    "evidence from a relative path": put("findings", 0, "evidence", 0, "source", "version.py:5"),
    "a control character in a title": put("findings", 0, "title", "a \x1b[31m title"),
    "a symptom of nothing": put("findings", 0, "role", "symptom"),
    "a cause that something explains": put("findings", 0, "explained_by", "driver-unknown"),
    "a fix that applies by magic": put("findings", 0, "fix", 0, "applies", "surely"),
    "a fix without command and words": put("findings", 0, "fix", [{"command": None, "applies": "safe"}]),
    "true though it raises": put("prediction", "import", outcome(True, {"type": "E", "text": ""})),
    "a report of lint with an answer": lint("answer", "cannot-tell"),
    "a report of lint that does not say how much it read": lint("lint_files", KeyError),
    "a line 0": lint("findings", 0, "location", "line", 0),
    "a place without a file": lint("findings", 0, "location", "file", KeyError),
    "an edit that says nothing": lint("findings", 0, "fix", 0, "edits", []),
    "a station without a place": lint("findings", 0, "way", [{"text": "created here"}]),
    "a number of imports": put("prediction", "import", outcome(1)),
    "minus one devices": put("prediction", "device_count", outcome(-1)),
    "no prediction of the kernel": put("prediction", "first_kernel", KeyError),
    "a fact without a source": put("facts", "platform", "uid", {"v": 0}),
    "a fact that is there and absent": put("facts", "platform", "uid", {"v": 0, "absent": True, "from": "/x"}),
    "an absent fact that is not absent": put("facts", "platform", "wsl", {"absent": False, "from": "/x"}),
    "a number that is a text": put("facts", "platform", "uid", fact("0")),
    "a list whose member is of the wrong kind": put("facts", "pci", "gpus", "v", 0, "vendor", {"v": 4318, "from": "/sys/x"}),
    "a list whose member has no name": put("facts", "pci", "gpus", "v", [{"vendor": fact("0x10de")}]),
    "a list that is a text": put("facts", "drvlib", "compat_hosts", fact("535")),
}
RAW = {
    "a key twice": b'{"schema": 1, "schema": 2}\n',
    "bytes beyond ASCII": "{\"a\": \"é\"}\n".encode(),
    "half a document": b'{"schema": "whycpu.report/1",\n',
    "DEL as it is": json.dumps(example()).replace("a CPU build", "a \x7f").encode() + b"\n",
    "no line end": json.dumps(example()).encode(),
}


def self_test():
    results = [("the schema is a schema", not list(jsonschema.Draft7Validator(
        jsonschema.Draft7Validator.META_SCHEMA).iter_errors(VALIDATOR.schema)))]
    for changes, expected in ((RIGHT, True), (WRONG, False)):
        for name, change in changes.items():
            report = copy.deepcopy(example())
            change(report)
            results.append((f"{'takes' if expected else 'refuses'} {name}", (not problems_of(report)) == expected))
    results += [(f"refuses {name}", bool(problems_of_text(raw))) for name, raw in RAW.items()]
    print(f"1..{len(results)}")
    for number, (name, good) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
    return 0 if all(good for _, good in results) else 1


def main(names):
    if names == ["--self-test"]:
        return self_test()
    if not names:
        sys.exit(__doc__)
    bad = False
    for name in names:
        with (os.fdopen(0, "rb", closefd=False) if name == "-" else open(name, "rb")) as file:
            for problem in problems_of_text(file.read()):
                bad = True
                print(f"{name}: {problem}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
