#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Lays a case folder over this machine, in a private mount namespace, and runs commands there.

    world.py CASE LIBRARIES OUT COMMANDS.json      (as root; it starts itself again under unshare)

LIBRARIES holds the compiled fakes. COMMANDS is a list of [name, [word, ...], environment, working directory]; each one's
stdout, stderr and status go to OUT/NAME.{out,err,rc}. Nothing of it is seen outside, and nothing stays.
"""
import json
import os
import re
import shutil
import subprocess
import sys

LIB = "usr/lib/x86_64-linux-gnu"
KEPT_NODES = ("null", "zero", "full", "random", "urandom", "tty")
TIMEOUT_S = 120


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


def lay(case, fakes, scratch):
    """A second root over this one: nothing that is written stays, and what a container shows of itself is taken away."""
    root, new = os.path.join(case, "root"), os.path.join(scratch, "new")
    tmpfs(scratch)
    for name in ("new", "upper", "work"):
        os.mkdir(os.path.join(scratch, name))
    mount("-t", "overlay", "-o", f"lowerdir=/,upperdir={scratch}/upper,workdir={scratch}/work", "overlay", new)
    for where in ("/proc", "/sys"):
        mount("--rbind", where, new + where)
    for where in ("/proc/driver", "/sys/bus/pci", "/sys/module", "/home"):
        tmpfs(new + where)
        copy_tree(root + where, new + where)
    shutil.copy(root + "/proc/devices", scratch)
    mount("--bind", scratch + "/devices", new + "/proc/devices")
    lay_dev(case, new)
    os.chroot(new)
    os.chdir("/")
    for sign in ("/.dockerenv", "/run/.containerenv"):
        if os.path.exists(sign):
            os.unlink(sign)
    os.mkdir("/home/sim")
    os.chmod("/home/sim", 0o777)
    shutil.rmtree("/etc/ld.so.conf.d")  # a CUDA toolkit of this machine must not help out
    os.mkdir("/etc/ld.so.conf.d")
    with open("/etc/ld.so.conf.d/sim.conf", "w", encoding="utf-8") as f:
        f.write(f"/usr/local/lib\n/{LIB}\n")
    lay_libraries(case, fakes)
    subprocess.run(["ldconfig"], check=True, stderr=subprocess.DEVNULL)


def user_of(case):
    with open(os.path.join(case, "root.meta"), encoding="utf-8") as f:
        return int(re.search(r"^user (\d+)", f.read(), re.M)[1])


def become(uid):
    def change():
        os.setgroups([uid])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    return change


def run(command, case, out):
    name, words, env, cwd = command
    with open(os.path.join(case, "env"), encoding="utf-8") as f:
        whole = dict(line.rstrip("\n").split("=", 1) for line in f)
    whole.update(env)
    try:
        done = subprocess.run(words, env=whole, cwd=cwd, capture_output=True, preexec_fn=become(user_of(case)),
                              timeout=TIMEOUT_S, stdin=subprocess.DEVNULL)
        answer = done.stdout, done.stderr, done.returncode
    except subprocess.TimeoutExpired as late:
        answer = late.stdout or b"", late.stderr or b"", 124
    for suffix, content in zip(("out", "err", "rc"), (answer[0], answer[1], str(answer[2]).encode())):
        fd = os.open(f"{name}.{suffix}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644, dir_fd=out)
        with os.fdopen(fd, "wb") as f:
            f.write(content)


def inside(case, fakes, out, commands):
    scratch = os.path.join(out, "scratch")
    os.mkdir(scratch)
    with open(commands, encoding="utf-8") as f:
        wanted = json.load(f)
    outside = os.open(out, os.O_RDONLY | os.O_DIRECTORY)  # behind the new root there is no way back but this
    lay(case, fakes, scratch)
    for command in wanted:
        run(command, case, outside)


def main():
    if sys.argv[1] == "--inside":
        inside(*sys.argv[2:6])
        return 0
    return subprocess.run(["unshare", "--mount", "--propagation", "private", "--", sys.executable,
                           os.path.realpath(__file__), "--inside", *map(os.path.abspath, sys.argv[1:5])]).returncode


if __name__ == "__main__":
    sys.exit(main())
