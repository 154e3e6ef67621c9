#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Does every recommended wheel exist, run on the driver, and have code for the GPU?

    fixes-compare.py WHYCPU FIXES_TABLE    FIXES_TABLE prints the commands (tests/fixes_table.c); WHYCPU is not used

The choice is made again here from data/*.tsv, by other means: pip is played over the whole index. Prints TAP.
"""
import functools, os, re, subprocess, sys

sys.dont_write_bytecode = True
DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "data")
TEGRA = {(5, 3), (6, 2), (7, 2), (8, 7)}


def table(name):
    with open(os.path.join(DATA, name + ".tsv"), encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")]
    return [dict(zip(lines[0], line)) for line in lines[1:]]


def version(text):
    return tuple(int(part) for part in re.findall(r"\d+", text.split("+")[0]))


RELEASES = {row["torch"]: row for row in table("torch_release")}
CUDA = {row["index"]: version(row["cuda"])[0] for row in table("wheel_index")}
RANK = {row["index"]: i for i, row in enumerate(table("wheel_index"))}
MAJOR = {row["branch"]: version(row["cuda"])[0] for row in table("driver_branch")}
CHIPS = {row["chip"]: row for row in table("gpu_chip")}
GPUS = {row["device"]: CHIPS.get(row["chip"]) for row in table("gpu")}
# Builds older than the list of releases are there to be recognised, not to be recommended.
ARCHS = {(r["machine"], r["torch"], r["index"]): r["archs"] for r in table("torch_arch")
         if r["package"] == "wheel" and r["torch"] in RELEASES}


def has_code(archs, cc):
    for word in archs.split():
        match = re.fullmatch(r"sm_(\d+)(\d)[af]?", word)
        code = match and (int(match[1]), int(match[2]))
        if code and code[0] == cc[0] and code[1] <= cc[1] and (code in TEGRA) == (cc in TEGRA):
            return True
    return False


def has_python(release, python):
    row = RELEASES[release]
    return version(row["python_first"]) <= version(python) <= version(row["python_last"])


@functools.cache
def fitting(machine, cc, major, python):
    """(release, index) of all wheels that would do."""
    return {(release, index) for (on, release, index), archs in ARCHS.items()
            if on == machine and CUDA[index] <= major and has_python(release, python) and (not cc or has_code(archs, cc))}


@functools.cache
def pip_takes(machine, index, spec, python):
    """The newest release on that index that the requirement and this Python allow, as pip would."""
    found = []
    for on, release, name in ARCHS:
        if on != machine or name != index or not has_python(release, python):
            continue
        if "==" in spec and version(release) != version(spec.split("==")[1]):
            continue
        if "<" in spec and not version(release) < version(spec.split("<")[1]):
            continue
        found.append(release)
    return max(found, key=version, default=None)


def problem_of(device, machine, branch, python, torch, command):
    chip = GPUS.get(device) or {}
    cc = version(chip["cc"]) if chip.get("cc") else None
    fits = fitting(machine, cc, MAJOR[branch], python)
    if command == "-":
        return f"nothing, though {sorted(fits)[:3]} fit" if fits and (not cc or cc not in TEGRA) else None
    match = re.search(r'install(?: --force-reinstall)? (?:"([^"]+)"|(\S+)) --index-url \S+/whl/(\w+)$', command)
    if not match:
        return "not a command that is understood"
    spec, index = match[1] or match[2], match[3]
    release = pip_takes(machine, index, spec, python)
    if (release, index) not in fits:
        return f"pip takes {release} of {index}, which does not fit"
    if cc is None:
        return None
    present = torch.split("+")[0]
    newest = max((r for r, _ in fits), key=version)
    wanted = present if present in {r for r, _ in fits} else newest
    return None if release == wanted else f"release {release}, expected {wanted}"


def consistency_problems():
    """torch_arch.tsv and torch_release.tsv name the same wheels of x86_64."""
    listed = {(r, i) for r, row in RELEASES.items() for i in row["indexes"].split()}
    known = {(r, i) for m, r, i in ARCHS if m == "x86_64"}
    yield from (f"{r} {i}: no architectures" for r, i in sorted(listed - known))
    yield from (f"{r} {i}: not among the indexes of the release" for r, i in sorted(known - listed))
    yield from (f"{i}: not in wheel_index.tsv" for _, _, i in sorted(ARCHS) if i not in RANK)
    companions = {row["torch"] for row in table("torch_companion")}
    yield from (f"{r}: no companions" for r in RELEASES if r not in companions)


def report(number, name, problems):
    print(f"{'not ok' if problems else 'ok'} {number} - {name}")
    for problem in problems[:20]:
        print(f"#   {problem}")
    return bool(problems)


def main(words):
    if len(words) != 2:
        sys.exit(__doc__)
    done = subprocess.run([words[1]], stdout=subprocess.PIPE, text=True, timeout=600, check=True)
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    problems = []
    for line in lines:
        problem = problem_of(*line)
        if problem:
            problems.append(" ".join(line) + ": " + problem)
    commands = sum(line[5] != "-" for line in lines)
    print("1..3")
    failed = report(1, "the tables agree", list(consistency_problems()))
    failed |= report(2, f"every wheel fits ({len(lines)} combinations, {commands} commands)", problems)
    failed |= report(3, "the combinations are many, with and without a command",
                     [] if commands > 10000 and len(lines) - commands > 10000 else [f"{len(lines)}, {commands}"])
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
