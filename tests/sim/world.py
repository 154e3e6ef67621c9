#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Lays a simulated machine over this one, in a private mount namespace, and runs commands there (play). Needs root. Nothing of
it is seen outside, and nothing stays. It starts itself again under unshare, with a job: the case folder, the compiled fakes,
what else is broken (breaks.py), the commands, and the folder for what they say."""
import collections
import contextlib
import glob
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import breaks  # noqa: E402
import machine  # noqa: E402

HERE = os.path.dirname(os.path.realpath(__file__))
TREE = os.path.dirname(os.path.dirname(HERE))
LIB = "usr/lib/x86_64-linux-gnu"
FAKES = {"libcuda.so.1": "fakecuda.c", "libnvidia-ml.so.1": "fakenvml.c"}
KEPT_NODES = ("null", "zero", "full", "random", "urandom", "tty")
TIMEOUT_S = 120
ANYBODY = 1000
LISTS = "/var/lib/dpkg/info"
BELOW = "WHYCPU_SIM_BELOW"  # a folder of unpacked packages whose /usr lies over the machine's (debian.py)


def refusal():
    """Why no machine can be laid here; None if one can."""
    if os.geteuid() != 0:
        return "namespaces need root"
    overlay = ("mount -t tmpfs tmpfs /mnt && mkdir /mnt/u /mnt/w /mnt/n && mknod /mnt/c c 195 255 && "
               "mount -t overlay -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w overlay /mnt/n")
    try:
        done = subprocess.run(["unshare", "--net", "--mount", "--propagation", "private", "--", "sh", "-c", overlay],
                              capture_output=True, text=True, timeout=30)
    except OSError as e:
        return f"unshare: {e.strerror}"
    if done.returncode:
        return f"no private mounts here: {done.stderr.strip()[-100:]}"
    try:
        subprocess.run(["true"], preexec_fn=become(ANYBODY), cwd=TREE)
    except OSError:
        return "another user cannot reach the folder of this tree"
    return None


def build_fakes(where):
    """The driver's two libraries, as far as a broken machine needs them, in the folder `where`."""
    os.makedirs(where, exist_ok=True)
    os.chmod(where, 0o755)
    for name, source in FAKES.items():
        subprocess.run([os.environ.get("CC", "cc"), "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC",
                        "-Wl,-Bsymbolic", f"-Wl,-soname,{name}", os.path.join(HERE, source), os.path.join(HERE, "conf.c"),
                        "-o", os.path.join(where, name)], check=True)
    return where


def mount(*words):
    subprocess.run(["mount", *words], check=True)


def tmpfs(where):
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", where)


def copy_tree(source, where):
    if os.path.isdir(source):
        shutil.copytree(source, where, symlinks=True, dirs_exist_ok=True)


def lay_dev(case, new):
    """A fresh /dev: the harmless nodes of every machine, and those of the case."""
    dev = new + "/dev"
    kept = {name: os.stat("/dev/" + name).st_rdev for name in KEPT_NODES}
    tmpfs(dev)
    for name, rdev in kept.items():
        os.mknod(f"{dev}/{name}", 0o20666, rdev)
        os.chmod(f"{dev}/{name}", 0o666)
    os.symlink("/proc/self/fd", dev + "/fd")
    os.mkdir(dev + "/shm")
    os.chmod(dev + "/shm", 0o1777)
    with open(os.path.join(case, "root.meta"), encoding="utf-8") as f:
        for line in f:
            found = re.fullmatch(r"c (\d+) (\d+) ([0-7]+) \S+ \S+ dev/(\S+)\n", line)
            if found:
                path = f"{dev}/{found[4]}"
                os.mknod(path, 0o20000 | int(found[3], 8), os.makedev(int(found[1]), int(found[2])))
                os.chmod(path, int(found[3], 8))


def lay_libraries(case, fakes):
    """Real files for the empty ones of the case, beside the configuration that they read."""
    root = os.path.join(case, "root")
    for folder, _, names in os.walk(root):
        for name in names:
            if not re.match(r"lib(cuda|nvidia-ml)\.so", name):
                continue
            where = os.path.join("/", os.path.relpath(folder, root), name)
            os.makedirs(os.path.dirname(where), exist_ok=True)
            lay_library(os.path.join(folder, name), where, fakes, case)
            shutil.copy(os.path.join(case, "fake.conf"), os.path.dirname(where))


def lay_library(source, where, fakes, case):
    if os.path.lexists(where):
        os.unlink(where)
    if os.path.islink(source):
        os.symlink(os.readlink(source), where)
        return
    elf = os.path.join(case, "root.elf", os.path.relpath(source, os.path.join(case, "root")) + ".json")
    if not os.path.exists(elf):
        open(where, "w", encoding="utf-8").close()
        return
    with open(elf, encoding="utf-8") as f:
        about = json.load(f)
    kind = "libcuda.so.1" if "libcuda" in os.path.basename(where) else "libnvidia-ml.so.1"
    shutil.copy(os.path.join(fakes, kind), where)
    if about["machine"] != "x86_64":
        with open(where, "r+b") as f:
            f.seek(18)
            f.write((183).to_bytes(2, "little"))  # EM_AARCH64


def lay(case, fakes, scratch, below):
    """A second root over this one: nothing that is written stays, and what a container shows of itself is taken away."""
    root, new = os.path.join(case, "root"), os.path.join(scratch, "new")
    tmpfs(scratch)
    for name in ("new", "upper", "work", "upper2", "work2"):
        os.mkdir(os.path.join(scratch, name))
    mount("-t", "overlay", "-o", f"lowerdir=/,upperdir={scratch}/upper,workdir={scratch}/work", "overlay", new)
    if below:
        lower, work = f"{below}/usr:/usr", f"upperdir={scratch}/upper2,workdir={scratch}/work2"
        mount("-t", "overlay", "-o", f"lowerdir={lower},{work}", "overlay", new + "/usr")
        copy_tree(below + LISTS, new + LISTS)
    for where in ("/proc", "/sys"):
        mount("--rbind", where, new + where)
    for where in ("/proc/driver", "/sys/bus/pci", "/sys/module"):
        tmpfs(new + where)
        copy_tree(root + where, new + where)
    copy_tree(root + "/home", new + "/home")
    shutil.copy(root + "/proc/devices", scratch)
    mount("--bind", scratch + "/devices", new + "/proc/devices")
    lay_dev(case, new)
    os.chroot(new)
    os.chdir("/")
    for sign in ("/.dockerenv", "/run/.containerenv"):
        if os.path.exists(sign):
            os.unlink(sign)
    os.makedirs("/home/sim", exist_ok=True)
    os.chmod("/home/sim", 0o777)
    shutil.rmtree("/etc/ld.so.conf.d")  # a CUDA toolkit of this machine must not help out
    os.mkdir("/etc/ld.so.conf.d")
    with open("/etc/ld.so.conf.d/sim.conf", "w", encoding="utf-8") as f:
        f.write(f"/usr/local/lib\n/{LIB}\n/{LIB}/blas\n/{LIB}/lapack\n")  # the last two by alternatives, elsewhere
    drop_foreign_paths()
    lay_libraries(case, fakes)
    subprocess.run(["ldconfig"], check=True, stderr=subprocess.DEVNULL)


def drop_foreign_paths():
    """A .pth file that no package brought runs code of this machine's keeper, and a torch might come from there."""
    owned = set()
    for path in glob.glob(LISTS + "/*.list"):
        with open(path, encoding="utf-8") as f:
            owned.update(line.rstrip("\n") for line in f if line.endswith(".pth\n"))
    for path in glob.glob("/usr/lib/python3/dist-packages/*.pth") + glob.glob("/usr/local/lib/python3*/dist-packages/*.pth"):
        if owned and path not in owned:
            os.unlink(path)


def user_of(case):
    with open(os.path.join(case, "root.meta"), encoding="utf-8") as f:
        return int(re.search(r"^user (\d+)", f.read(), re.M)[1])


def become(uid):
    def change():
        os.setgroups([uid])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    return change


def environment(case):
    with open(os.path.join(case, "env"), encoding="utf-8") as f:
        return dict(line.rstrip("\n").split("=", 1) for line in f)


def run_fresh(words, case, env, cwd):
    try:
        done = subprocess.run(words, env=env, cwd=cwd, capture_output=True, preexec_fn=become(user_of(case)), timeout=TIMEOUT_S,
                              stdin=subprocess.DEVNULL)
        return done.stdout, done.stderr, done.returncode
    except subprocess.TimeoutExpired as late:
        return late.stdout or b"", late.stderr or b"", 124


def ask_served(served, case, env, cwd):
    """The torch that waits at the other end of that socket (ask.py) comes here in a fork."""
    with socket.socket(fileno=os.dup(served)) as s, s.makefile("rw") as f:
        f.write(json.dumps({"process": os.getpid(), "user": user_of(case), "env": env, "cwd": cwd}) + "\n")
        f.flush()
        s.settimeout(TIMEOUT_S)
        text = f.readline()
    return text.encode(), b"", 0 if text.strip() else 1


def run(command, case, out, served):
    name, words, env, cwd = command
    whole, started = {**environment(case), **env}, time.monotonic()
    if words is None:
        answer = ask_served(served, case, whole, cwd)
    else:
        answer = run_fresh(words, case, whole, cwd)
    rest = {"status": answer[2], "seconds": time.monotonic() - started}
    for suffix, content in zip(("out", "err", "json"), (answer[0], answer[1], json.dumps(rest).encode())):
        fd = os.open(f"{name}.{suffix}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644, dir_fd=out)
        with os.fdopen(fd, "wb") as f:
            f.write(content)


def inside(job):
    with open(job, encoding="utf-8") as f:
        j = json.load(f)
    scratch = os.path.join(j["out"], "scratch")
    os.mkdir(scratch)
    out = os.open(j["out"], os.O_RDONLY | os.O_DIRECTORY)  # behind the new root there is no way back but this
    lay(j["case"], j["fakes"], scratch, os.environ.get(BELOW))
    breaks.lay_breaks(j["breaks"], j["fakes"], j["site"], j["other"])
    for command in j["commands"]:
        run(command, j["case"], out, j["served"])
    if j["serve"]:
        words, fd = j["serve"]
        subprocess.run([*words, str(fd)], env=environment(j["case"]), cwd="/", pass_fds=[fd], check=True)


Said = collections.namedtuple("Said", "out err status seconds")  # of one command; out is bytes


def said(folder, name):
    with open(os.path.join(folder, name + ".out"), "rb") as out, open(os.path.join(folder, name + ".err"), "rb") as err, \
            open(os.path.join(folder, name + ".json"), encoding="utf-8") as rest:
        return Said(out.read(), err.read().decode(errors="replace"), **json.load(rest))


@contextlib.contextmanager
def started(m, fakes, fds=(), prepare=None, **job):
    """(process, folder for what the commands say) of a private namespace with the machine m."""
    with tempfile.TemporaryDirectory(prefix="whycpu-sim-") as scratch:
        job = {"case": scratch + "/case", "out": scratch + "/out", "fakes": fakes, "breaks": m["breaks"], "site": None,
               "other": None, "commands": [], "served": None, "serve": None, **job}
        machine.write_case(m, job["case"])
        if prepare:
            prepare(job["case"] + "/root")
        os.mkdir(job["out"])
        os.chmod(scratch, 0o755)
        with open(scratch + "/job.json", "w", encoding="utf-8") as f:
            json.dump(job, f)
        # A network of its own, too: `check` asks a driver only if no other one of this user does, which it sees by a name there.
        with subprocess.Popen(["unshare", "--net", "--mount", "--propagation", "private", "--", sys.executable,
                               os.path.realpath(__file__), scratch + "/job.json"], pass_fds=fds) as process:
            yield process, job["out"]


def play(m, fakes, commands, site=None, other=None, prepare=None, served=None):
    """{name: Said} of commands, each [name, [word, ...], environment, working directory], on the machine m. `site` is the
    torch's folder of packages, `other` that of another one; `prepare` adds to the case folder's root. A command without words
    is answered by the torch that `served` is (serving)."""
    fds = [served.fileno()] if served else []
    with started(m, fakes, fds, prepare, site=site, other=other, commands=commands, served=fds[0] if fds else None) as (p, out):
        if p.wait() != 0:
            raise subprocess.CalledProcessError(p.returncode, "world.py")
        return {name: said(out, name) for name, *_ in commands}


@contextlib.contextmanager
def serving(words, m, fakes):
    """A process on the machine m that answers for others: the words, and the number of its socket."""
    ours, its = socket.socketpair()
    with ours, its, started(m, fakes, [its.fileno()], serve=[words, its.fileno()]) as (process, _):
        its.close()
        try:
            yield ours
        finally:
            ours.shutdown(socket.SHUT_RDWR)
            process.wait()


if __name__ == "__main__":
    inside(sys.argv[1])
