#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""snapshot.py WHYCPU: a recorded machine gives the same report as the machine itself, sound, broken, or with a place that
hangs; and it holds no secret, no name of a person, no argument of a command line. Prints TAP."""
import json
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import attacklib as lib

PY = "python%d.%d" % sys.version_info[:2]
BASE = os.path.realpath(sys.executable)
SECRETS = {
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "HF_TOKEN": "hf_AbCdEfGhIjKlMnOpQrStUvWxYz012345",
    "WANDB_API_KEY": "0123456789abcdef0123456789abcdef01234567",
    "DATABASE_URL": "postgres://ana:hunter2@db.example/prod",
    "CUDA_VISIBLE_DEVICES": "0;password=hunter2",
    "LD_LIBRARY_PATH": "/opt/x?token=hf_AbCdEfGhIjKlMnOpQrStUvWxYz012345",
    "PYTHONPATH": "/srv/ghp_0123=secret&x",
    "CONDA_PREFIX": "https://ana:hunter2@host/env",
    "LD_PRELOAD": "/opt/x.so?token=hf_AbCdEfGhIjKlMnOpQrStUvWxYz012345",
    "NVIDIA_VISIBLE_DEVICES": "all;password=hunter2",
    "CUDA_HOME": "https://ana:hunter2@host/cuda",
    "SLURM_JOB_GPUS": "gpu@hunter2",
    "COLAB_RELEASE_TAG": "release?key=hunter2",
}
WORDS = ("wJalr", "hf_AbC", "0123456789abcdef", "hunter2", "ghp_0123", "topsecret")


class World:
    """A machine below one folder, its kernel places bound over the real ones in a namespace."""

    def __init__(self, top, binary, loaded):
        os.makedirs(f"{top}/home/ana")
        lib.hardware(top, loaded)
        self.site = lib.venv(f"{top}/home/ana/venv", BASE, PY)
        lib.torch(self.site)
        lib.put_elf(top, "lib/libcuda.so.550.54.15")
        lib.link(top, "lib/libcuda.so.1", "libcuda.so.550.54.15")
        self.top, self.binary, self.ns = top, os.path.abspath(binary), lib.Namespace()
        self.ns.mount(f"{top}/sys", "/sys", flags=lib.MS_BIND)
        self.ns.mount(f"{top}/proc/driver", "/proc/driver", flags=lib.MS_BIND)
        self.env = {"PATH": f"{top}/home/ana/venv/bin:/usr/bin:/bin", "HOME": f"{top}/home/ana", "LANG": "C.UTF-8",
                    "LD_LIBRARY_PATH": f"{top}/lib", **lib.sanitizer_env(f"{top}/san")}

    def run(self, *args, **env):
        merged = {k: v for k, v in {**self.env, **env}.items() if v is not None}
        return lib.run([self.binary, *args], 12, merged, self.top, self.ns.enter)


def read_all(folder):
    for place, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(place, name)
            if os.path.islink(path):
                yield path, os.readlink(path).encode()
            else:
                with open(path, "rb") as f:
                    yield path, f.read()


def same(world, live, replayed, what):
    """The two reports, with the person's name replaced in the live one as the recorder does."""
    home = world.env["HOME"]
    text = live.out.decode().replace(home, os.path.dirname(home) + "/user")
    if text == replayed.out.decode() and live.rc == replayed.rc:
        return []
    pairs = zip(text.splitlines(), replayed.out.decode().splitlines())
    first = next((f"{a!r} and {b!r}" for a, b in pairs if a != b), "one is longer")
    return [f"{what}: {first}", f"live {live}", f"replayed {replayed}"]


def round_trip(tap, world, name, args=(), **env):
    folder = f"{world.top}/snap-{name.replace(' ', '-')}"
    made = world.run("snapshot", "-o", folder, *args, **env)
    problems = [] if made.rc == 0 and os.path.isfile(f"{folder}/root.meta") else [f"no snapshot: {made}"]
    live = world.run("check", "--json", *args, **env)
    replayed = world.run("check", "--json", "--root", folder, *args)
    problems += same(world, live, replayed, "json")
    if live.rc == replayed.rc and not problems:
        problems += lib.unschematic(replayed.out) or []
    tap.check(f"{name}: the recorded machine gives the same report", problems)
    return folder, live


def no_libraries(tap, world):
    """Files that are there and no ELF files: a text in the place of the driver's library, one in the place of torch's."""
    lib.put(world.top, "texts/libcuda.so.1", "a text that is longer than the header of any program or library\n" * 9)
    _, live = round_trip(tap, world, "a text for the driver", LD_LIBRARY_PATH=f"{world.top}/texts")
    library = f"{world.site}/torch/lib/libtorch_cpu.so"
    for name in ("libtorch_global_deps.so", "libtorch_python.so", "libtorch.so"):
        lib.put_elf(world.site, "torch/lib/" + name)
    shutil.move(library, f"{world.top}/kept")
    lib.put(world.site, "torch/lib/libtorch_cpu.so", "another text that is longer than the header of any library\n" * 9)
    _, torch = round_trip(tap, world, "a text for torch")
    shutil.move(f"{world.top}/kept", library)
    told = [what for what, run in (("the driver's", live), ("torch's", torch)) if b"invalid ELF header" not in run.out]
    tap.check("and the live ones name the files", [f"nothing of {what} text" for what in told])


def hang(tap, world):
    reason = lib.why_no_fuse()
    if reason:
        return tap.skip("a hang, recorded", reason)
    with lib.Server(world.ns, "hangfs.py", world.site, "lookup", "60", "dir"):
        world.run("check", "--timeout", "2")  # the looker that stays behind; all others adopt it
        _, live = round_trip(tap, world, "a hang", ("--timeout", "2"))
    hangs = lib.dig(json.loads(live.out), "facts.hangs") if live.out else None
    tap.check("and the live one names it", [] if hangs else [f"no hang in {live}"])


def secrets(tap, world):
    folder = f"{world.top}/snap-secret"
    lib.put(world.site, "zz.pth", "# token=topsecret is not ours to record\n")
    record = f"{world.site}/" + next(n for n in os.listdir(world.site) if n.endswith(".dist-info"))
    lib.put(record, "direct_url.json", '{"url": "https://ana:hunter2@host/torch.whl", "archive_info": {}}\n')
    lib.put(f"{world.top}/home/ana", "uv.lock", '[[package]]\nname = "secret-of-wJalr"\n\n[[package]]\n'
            'name = "torch"\nsource = { registry = "https://ana:hunter2@host/simple" }\n')
    made = world.run("snapshot", "-o", folder, "--trace", **SECRETS)
    found = [f"{path}: {word}" for path, text in read_all(folder) for word in WORDS[:-1] if word.encode() in text]
    found += [f"stdout: {word}" for word in WORDS[:-1] if word.encode() in made.out]
    tap.check("no secret from the environment", found + ([] if made.rc == 0 else [str(made)]))
    named = [path for path, text in read_all(folder) if b"/ana" in text or "/ana" in path[len(folder):]]
    tap.check("no name of a person", named)
    replay = world.run("check", "--root", folder)
    tap.check("it can be read all the same", [] if replay.rc in (0, 1, 3) else [str(replay)])


def refusals(tap, world):
    folder = f"{world.top}/there"
    os.makedirs(folder)
    lib.put(folder, "mine", "kept")
    made = world.run("snapshot", "-o", folder)
    with open(f"{folder}/mine") as f:
        kept = f.read() == "kept"
    tap.check("a folder that is there is left alone",
              [] if made.rc == 2 and kept and os.listdir(folder) == ["mine"] else [str(made)])


def main():
    tap = lib.Tap()
    if os.geteuid() != 0:
        tap.skip("snapshots", "needs root for a private mount namespace")
        return tap.done()
    top = tempfile.mkdtemp(prefix="whycpu-snap-")
    os.chmod(top, 0o755)
    try:
        sound = World(f"{top}/sound", sys.argv[1], loaded=True)
        broken = World(f"{top}/broken", sys.argv[1], loaded=False)
        round_trip(tap, sound, "a sound machine")
        round_trip(tap, broken, "a module that is not loaded")
        round_trip(tap, sound, "hidden GPUs", CUDA_VISIBLE_DEVICES="-1")
        round_trip(tap, sound, "another Python", ("--python", BASE))
        no_libraries(tap, sound)
        hang(tap, sound)
        secrets(tap, sound)
        refusals(tap, sound)
        tap.check("no sanitizer report", lib.sanitizer_reports(f"{top}/sound/san"))
    finally:
        shutil.rmtree(top, ignore_errors=True)
    return tap.done()


sys.exit(main())
