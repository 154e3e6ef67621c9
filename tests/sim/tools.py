#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Other people's tools on the fake libnvidia-ml: pynvml, gpustat and nvitop must take it for the real one, and what they read from it
must be what `check` reads. A fake that only our own probe understands would prove nothing.

    tools.py PROGRAM     Prints TAP. Needs root, for namespaces; SKIP where they are not allowed.

The tools lie in $WHYCPU_CACHE/oracle/tools; what is not there is fetched with pip (2 MB), and SKIPped where that is not possible.
"""
import concurrent.futures
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
import moods  # noqa: E402
import oracle  # noqa: E402
import world  # noqa: E402

FOLDER = os.path.join(oracle.CACHE, "tools")
PYTHON = os.path.join(FOLDER, "bin/python")
PACKAGES = ("nvidia-ml-py", "gpustat", "nvitop")
FETCH_S = 60
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
STATES = {"visible-unset": 0, "cuinit-802": 0, "module-not-loaded": 9, "nvml-only-newer": 18, "nvml-999": 999, "no-nvml": None}
# pynvml's own words, which are not the library's everywhere.
TEXTS = {9: "Driver Not Loaded", 18: "RM has detected an NVML/RM version mismatch", 999: "Unknown Error",
         None: "NVML Shared Library Not Found"}
NVITOP_TEXTS = {**TEXTS, None: "NVIDIA Management Library (NVML) not found"}
NOT_FOUND = 12  # nvml.h, NVML_ERROR_LIBRARY_NOT_FOUND


def install():
    """None, or why not. Beside the others until it is whole; the environment's own pip would need another package of Debian's."""
    new = f"{FOLDER}.{os.getpid()}"
    try:
        subprocess.run([oracle.DEBIAN, "-m", "venv", "--without-pip", new], check=True, capture_output=True, text=True)
        site = subprocess.run([new + "/bin/python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], cwd="/",
                              check=True, capture_output=True, text=True).stdout.strip()
        subprocess.run([oracle.DEBIAN, "-m", "pip", "install", "--quiet", "--prefer-binary", "--no-compile", "--target", site,
                        *PACKAGES], check=True, capture_output=True, text=True, timeout=FETCH_S, stdin=subprocess.DEVNULL)
        os.rename(new, FOLDER)
    except (subprocess.SubprocessError, OSError) as e:
        return (getattr(e, "stderr", None) or str(e)).strip().split("\n")[-1][-150:]
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return None


def commands(program):
    return [["pynvml", [PYTHON, "-c", ASK_PYNVML], {}, "/"], ["gpustat", [PYTHON, "-m", "gpustat", "--no-color", "--json"], {}, "/"],
            ["nvitop", [PYTHON, "-m", "nvitop", "--once", "--ascii"], {"TERM": "xterm", "COLUMNS": "120", "LINES": "40"}, "/"],
            ["check", [program, "check", "--json", "--probe", "nvml", "--python", "/" + moods.PYTHON], {}, "/"]]


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
        return [] if NVITOP_TEXTS[code].lower() in (text + said.err).lower() else [f"status {said.status}: {(text + said.err)[-300:]}"]
    shown = len(re.findall(r"GeForce RTX 4090", text))
    return [] if said.status == 0 and shown == len(state["gpus"]) else [f"status {said.status}, {shown} GPUs: {(text + said.err)[-300:]}"]


def check_problems(pynvml, said):
    """The same library, asked by our own probe."""
    report = json.loads(said.out)
    probe, real = report["facts"].get("probe", {}), json.loads(pynvml.out)
    if real["init"] != 0 or "nvml_gpus" not in probe:
        return [] if probe.get("nvml_init", {}).get("v") == real["init"] else [f"{probe['nvml_init']}, pynvml says {real['init']}"]
    keys = ("name", "cc", "memory_bytes")
    ours = [{"uuid": gpu["uuid"], **{key: gpu[key]["v"] for key in keys}} for gpu in probe["nvml_gpus"]["v"]]
    return [] if ours == real["gpus"] and probe["nvml_driver"]["v"] == real["driver"] else [f"we read {ours}, pynvml {real}"]


def ask(program, fakes, name):
    state = oracle.ALL[name]
    return state, world.play(state, fakes, commands(program), prepare=moods.write_python)


def judge(tap, name, code, state, said):
    tap.result(f"{name}: pynvml", pynvml_problems(code, state, said["pynvml"]))
    tap.result(f"{name}: gpustat", gpustat_problems(code, state, said["gpustat"]))
    tap.result(f"{name}: nvitop", nvitop_problems(code, state, said["nvitop"]))
    if name in oracle.states.ASKED:  # elsewhere files give a cause, and it does not ask
        tap.result(f"{name}: our own probe reads the same", check_problems(said["pynvml"], said["check"]))


def main():
    program, tap = os.path.abspath(sys.argv[1]), oracle.Tap()
    reason = world.refusal() or (None if os.path.exists(PYTHON) else install())
    if reason:
        print(f"1..0 # SKIP PYNVML, GPUSTAT AND NVITOP WERE NOT RUN ON THE FAKE NVML: {reason}")
        return 0
    with tempfile.TemporaryDirectory(prefix="whycpu-fakes-") as fakes:
        world.build_fakes(fakes)
        with concurrent.futures.ThreadPoolExecutor(len(STATES)) as pool:
            asked = {name: pool.submit(ask, program, fakes, name) for name in STATES}
            for name, code in STATES.items():
                judge(tap, name, code, *asked[name].result())
    print(f"1..{tap.n}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
