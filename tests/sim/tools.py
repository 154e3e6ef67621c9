#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Other people's tools on the fake libnvidia-ml: pynvml, gpustat and nvitop must take it for the real one, and what they read from it
must be what `check` reads. A fake that only our own probe understands would prove nothing.

    tools.py PROGRAM [--install]     Prints TAP. Needs root, for namespaces; SKIP where they are not allowed.

The tools lie in $WHYCPU_CACHE/oracle/tools; --install fetches them (40 MB).
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
import oracle  # noqa: E402
import states  # noqa: E402
import world  # noqa: E402

FOLDER = os.path.join(oracle.CACHE, "tools")
PYTHON = os.path.join(FOLDER, "bin/python")
PACKAGES = ("nvidia-ml-py", "gpustat", "nvitop")
ASK_PYNVML = r"""
import json, sys
import pynvml as n
answer = {}
try:
    n.nvmlInit()
    answer["init"] = 0
    answer["driver"] = n.nvmlSystemGetDriverVersion()
    answer["gpus"] = []
    for i in range(n.nvmlDeviceGetCount()):
        d = n.nvmlDeviceGetHandleByIndex(i)
        major, minor = n.nvmlDeviceGetCudaComputeCapability(d)
        answer["gpus"].append({"uuid": n.nvmlDeviceGetUUID(d), "name": n.nvmlDeviceGetName(d), "cc": f"{major}.{minor}",
                               "memory_bytes": n.nvmlDeviceGetMemoryInfo(d).total})
except n.NVMLError as e:
    answer["init"] = e.value
    answer["text"] = str(e)
json.dump(answer, sys.stdout)
"""
# NVML's code in each state, and its text: nvml.h; the codes by machine.codes_of. None: no library.
STATES = {"visible-unset": 0, "no-uvm-node": 0, "module-not-loaded": 9, "nvml-only-newer": 18, "no-nvml": None}
TEXTS = {9: "Driver Not Loaded", 18: "Driver/library version mismatch", None: "NVML Shared Library Not Found"}
NOT_FOUND = 13  # pynvml's own code for a library that cannot be loaded


def install():
    shutil.rmtree(FOLDER, ignore_errors=True)
    subprocess.run([oracle.DEBIAN, "-m", "venv", FOLDER], check=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "--no-cache-dir", *PACKAGES], check=True)


def commands(program):
    # NVML is asked even where files give a cause: through a Python that has no torch nothing else is.
    return [["pynvml", [PYTHON, "-c", ASK_PYNVML], {}, "/"], ["gpustat", [PYTHON, "-m", "gpustat", "--no-color", "--json"], {}, "/"],
            ["nvitop", [PYTHON, "-m", "nvitop", "--once", "--ascii"], {"TERM": "xterm", "COLUMNS": "120", "LINES": "40"}, "/"],
            ["check", [program, "check", "--json", "--python", PYTHON], {}, "/"]]


def pynvml_problems(code, state, said):
    answer = json.loads(said.out) if said.status == 0 else {"init": f"status {said.status}: {said.err[-200:]}"}
    wanted = NOT_FOUND if code is None else code
    found = [] if answer["init"] == wanted else [f"nvmlInit: {answer['init']}, not {wanted}"]
    if code != 0:
        return found + ([] if TEXTS[code] in answer.get("text", "") else [f"it says {answer.get('text')!r}"])
    names = [gpu["name"] for gpu in state["gpus"]]
    if [gpu["name"] for gpu in answer.get("gpus", [])] != names or answer.get("driver") != state["module"]:
        found.append(f"it reads {answer}, not {names} and driver {state['module']}")
    return found


def gpustat_problems(code, state, said):
    if code != 0:
        return [] if said.status != 0 and "Traceback" not in said.err else [f"status {said.status}: {said.err[-300:]}"]
    if said.status:
        return [f"status {said.status}: {said.err[-300:]}"]
    names = [gpu["name"] for gpu in json.loads(said.out)["gpus"]]
    wanted = [gpu["name"] for gpu in state["gpus"]]
    return [] if names == wanted else [f"it shows {names}, not {wanted}"]


def nvitop_problems(code, state, said):
    text = said.out.decode(errors="replace")
    if code != 0:
        return [] if TEXTS[code].lower() in (text + said.err).lower() else [f"status {said.status}: {(text + said.err)[-300:]}"]
    shown = len(re.findall(r"GeForce RTX 4090", text))
    return [] if said.status == 0 and shown == len(state["gpus"]) else [f"status {said.status}, {shown} GPUs: {(text + said.err)[-300:]}"]


def check_problems(pynvml, said):
    """The same library, asked by our own probe; where it asks at all."""
    report = json.loads(said.out)
    probe, real = report["facts"].get("probe", {}), json.loads(pynvml.out)
    if "nvml_init" not in probe:
        return None
    if real["init"] != 0:
        return [] if probe["nvml_init"].get("v") == real["init"] else [f"{probe['nvml_init']}, pynvml says {real['init']}"]
    keys = ("name", "cc", "memory_bytes")
    ours = [{"uuid": gpu["uuid"], **{key: gpu[key]["v"] for key in keys}} for gpu in probe["nvml_gpus"]["v"]]
    return [] if ours == real["gpus"] and probe["nvml_driver"]["v"] == real["driver"] else [f"we read {ours}, pynvml {real}"]


def judge(tap, program, fakes, name, code):
    state = {**states.STATES[name], "breaks": []}
    said = world.play(state, fakes, commands(program))
    tap.result(f"{name}: pynvml", pynvml_problems(code, state, said["pynvml"]))
    tap.result(f"{name}: gpustat", gpustat_problems(code, state, said["gpustat"]))
    tap.result(f"{name}: nvitop", nvitop_problems(code, state, said["nvitop"]))
    problems = check_problems(said["pynvml"], said["check"])
    tap.result(f"{name}: our own probe reads the same", problems or [], "" if problems is not None else "files give a cause: it does not ask")


def main():
    program, tap = os.path.abspath(sys.argv[1]), oracle.Tap()
    if "--install" in sys.argv and not os.path.exists(PYTHON):
        install()
    if not os.path.exists(PYTHON):
        print("1..0 # SKIP PYNVML, GPUSTAT AND NVITOP ARE NOT IN THE CACHE: tests/sim/tools.py --install fetches them")
        return 0
    reason = world.refusal()
    if reason:
        print(f"1..0 # SKIP NO TOOL WAS RUN ON THE FAKE NVML: {reason}")
        return 0
    with tempfile.TemporaryDirectory(prefix="whycpu-fakes-") as fakes:
        world.build_fakes(fakes)
        for name, code in STATES.items():
            judge(tap, program, fakes, name, code)
    print(f"1..{tap.n}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
