#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Driver libraries that misbehave (states.MOODS): each has its own right words, and none is called broken without evidence.

    moods.py PROGRAM [--all]     Prints TAP. Needs root, for namespaces; SKIP where they are not allowed. No torch is needed.

What hangs for ever is asked with a short --timeout, without which it is 30 seconds for each library: --all waits for it.
"""
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
import machine  # noqa: E402
import oracle  # noqa: E402
import states  # noqa: E402
import world  # noqa: E402

PYTHON = "home/env/v/bin/python"
VERSION_PY = "__version__ = '2.9.1+cu128'\ncuda = '12.8'\ngit_version = '" + 40 * "0" + "'\nhip = None\nxpu = None\n"
# What any torch does with cuInit's 999 (tests/sim/answers.tsv), once the driver has said so.
ANSWERED = {"answer": "cannot-use-gpu", "is_available": False, "status": 1}
SILENT = {"answer": "cannot-tell", "is_available": None, "status": 3}
# name: what must come out, what the screen must say, further arguments. Written from what the library does; a busy machine adds
# seconds of its own.
EXPECTED = {
    "sleeps-4": (ANSWERED, r"the driver took [4-7] s to answer", ()),
    "sleeps-12": (ANSWERED, r"the driver took 1[2-5] s to answer", ()),
    "forever": (SILENT, r"the driver did not answer within (\d+) s", ("--timeout", "3")),
    "crashes": (SILENT, r"the driver crashed when it was asked \(signal 6\)", ()),
    "exits": (SILENT, r"the driver ended the process that asked it \(exit 3\)", ()),
    "garbage": (SILENT, r"the driver gave an answer that cannot be read", ()),
}
# Of a library that gave no answer nothing may be said but that.
CLAIMS = re.compile(r"[Bb]roken|Cause:|will run on the CPU|will use the GPU|suspend")


def write_python(root):
    """An environment with as much of a torch as `check` needs in order to ask the driver."""
    version = subprocess.run(["/usr/bin/python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], check=True,
                             capture_output=True, text=True).stdout.strip()
    site = f"home/env/v/lib/python{version}/site-packages"
    machine.write(root, "home/env/v/pyvenv.cfg", f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {version}\n")
    machine.link(root, PYTHON, "/usr/bin/python3")
    machine.write(root, site + "/torch/__init__.py", "x = 1\n")
    machine.write(root, site + "/torch/version.py", VERSION_PY)


def ask(program, fakes, name, words):
    """What `check` says on that machine."""
    command = ["check", [program, "check", "--python", "/" + PYTHON, *words], {}, "/"]
    return world.play(states.MOODS[name], fakes, [command], prepare=write_python)["check"]


def problems_of(name, wanted, words, by_json, by_text):
    if by_json.status not in (0, 1, 3):
        return [f"status {by_json.status}, no report: {by_json.err[-300:]}"]
    report, said, found = json.loads(by_json.out), " ".join(by_text.out.decode().split()), []
    real = {"answer": report["answer"], "is_available": report["prediction"]["is_available"]["value"],
            "status": by_json.status}
    found += [f"{key}: {real[key]!r}, not {wanted[key]!r}" for key in wanted if real[key] != wanted[key]]
    if not re.search(words, said):
        found.append(f"the screen does not say {words!r}")
    others = [other for other, (_, its, _) in EXPECTED.items() if other != name and re.search(its, said)]
    if others:
        found.append(f"it speaks as of {others}")
    claim = CLAIMS.search(said) if wanted is SILENT else None
    if claim:
        found.append(f"it claims {claim[0]!r} of a driver that said nothing")
    return found + ([f"the screen: {said}"] if found else [])


def main():
    program, tap, everything = os.path.abspath(sys.argv[1]), oracle.Tap(), "--all" in sys.argv
    reason = world.refusal()
    if reason:
        print(f"1..0 # SKIP NO DRIVER LIBRARY WAS SIMULATED: {reason}")
        return 0
    with tempfile.TemporaryDirectory(prefix="whycpu-fakes-") as fakes, \
            concurrent.futures.ThreadPoolExecutor(2 * len(EXPECTED)) as pool:
        world.build_fakes(fakes)
        asked = {name: [pool.submit(ask, program, fakes, name, (*form, *(() if everything else more)))
                        for form in (("--json",), ())] for name, (_, _, more) in EXPECTED.items()}
        for name, (wanted, words, _) in EXPECTED.items():
            tap.result(f"a driver library that {name}", problems_of(name, wanted, words, *(a.result() for a in asked[name])))
    print(f"1..{tap.n}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
