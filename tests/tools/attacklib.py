# SPDX-License-Identifier: Apache-2.0
"""What the attack tests share: TAP lines, a way to run the program whose parent is no Python (it would
become the target), a healthy machine to be broken, a private mount namespace.
"""

import ctypes
import functools
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time

CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
PY = "python3.11"
VERSION_PY = """from typing import Optional

__all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip', 'xpu']
__version__ = '2.6.0+cu124'
debug = False
cuda: Optional[str] = '12.4'
git_version = '2236df1770800ffea5697b11b0bb0d910b2e59e1'
hip: Optional[str] = None
xpu: Optional[str] = None
"""
NVRM = (
    "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC 2024\n"
    "GCC version:  gcc version 12.2.0 (Debian 12.2.0-14)\n"
)
libc = ctypes.CDLL(None, use_errno=True)


class Tap:
    """One line per check; the plan comes last, as the number is known then."""

    def __init__(self):
        self.n = self.failed = 0

    def check(self, name, problems):
        """`problems`: list of texts, empty when all is well."""
        self.n += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.n} - {name}")
        for p in problems:
            for line in printable(str(p))[:2000].split("\n")[:12]:
                print(f"#   {line}")
        sys.stdout.flush()

    def skip(self, name, reason):
        self.n += 1
        print(f"ok {self.n} - {name} # SKIP {reason}", flush=True)

    def done(self):
        print(f"1..{self.n}", flush=True)
        return 1 if self.failed else 0


def printable(text):
    return re.sub(r"[^\n\x20-\x7e]", lambda m: f"<{ord(m.group()):02x}>", text)


class Result:
    """How a run ended. `ended` is False when it had to be killed or its output never closed."""

    def __init__(self, rc, out, err, secs, ended):
        self.rc, self.out, self.err, self.secs, self.ended = rc, out, err, secs, ended

    def __str__(self):
        err = self.err.decode("utf-8", "replace")[:600]
        return (
            f"exit {self.rc} after {self.secs:.2f} s, stdout {len(self.out)} bytes, stderr: {err!r}"
        )


# Neither a Python nor a shell may be the parent: `sh -c` under a Python counts as a notebook's `!whycpu`.
PARENT = ["/usr/bin/timeout", "120"]


def run(argv, limit=20, env=None, cwd="/", pre=None, parent=True, **more):
    """Runs to the end of the program AND of its stdout and stderr, both pipes unless given in `more`."""

    def prepare():
        if pre:
            pre()
        os.chdir(cwd)

    start = time.monotonic()
    # close_fds would read /proc/self/fd after `pre`, where /proc may be the hung place.
    p = subprocess.Popen(
        (PARENT if parent else []) + argv,
        env=env,
        close_fds=False,
        preexec_fn=prepare,
        start_new_session=True,
        **{
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            **more,
        },
    )
    ended = True
    try:
        out, err = p.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        ended = False
        kill_group(p.pid)
        try:
            out, err = p.communicate(timeout=1)
        except subprocess.TimeoutExpired as e:
            out, err = e.stdout, e.stderr
    return Result(p.returncode, out or b"", err or b"", time.monotonic() - start, ended)


def kill_group(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


# A child's peak begins with what its parent had at the fork, so a small parent measures.
MEASURE = """
import os, signal, sys
pid = os.fork()
if pid == 0:
    null = os.open("/dev/null", os.O_RDWR)
    for fd in range(3):
        os.dup2(null, fd)
    signal.alarm(20)
    os.execv(sys.argv[1], sys.argv[1:])
print(os.wait4(pid, 0)[2].ru_maxrss)
"""


def peak_rss_kib(argv, env, cwd="/"):
    """Peak resident memory of the largest process of a run (waited-for children included)."""
    r = run([sys.executable, "-I", "-S", "-c", MEASURE, *argv], 25, env, cwd)
    return int(r.out)


@functools.lru_cache
def is_asan(binary):
    with open(binary, "rb") as f:
        return b"__asan_init" in f.read()


def sanitizer_env(folder):
    """Reports of a sanitizer go to files, as a looker's stderr is nobody's business."""
    os.makedirs(folder, exist_ok=True)
    log = f"log_path={folder}/report:detect_leaks=0:handle_abort=1"
    return {"ASAN_OPTIONS": log, "UBSAN_OPTIONS": f"log_path={folder}/report:print_stacktrace=1"}


def sanitizer_reports(folder):
    out = []
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), errors="replace") as f:
            out.append(f.read()[:1500])
    return out


# Bytes that may never reach a terminal or a log: C0 but LF, DEL, C1, and what turns the direction of a line.
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
COLOUR = re.compile(rb"\x1b\[[0-9;]*m")


def dirty(data, colour=False):
    """What in this output should not be there, as a list of texts."""
    if colour:
        data = COLOUR.sub(b"", data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as e:
        return [f"not UTF-8 at byte {e.start}: {data[max(0, e.start - 30):e.start + 10]!r}"]
    bad = [c for c in re.finditer("[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)] + [
        c for c in BIDI.finditer(text)
    ]
    return [
        f"U+{ord(m.group()):04X} in {text[max(0, m.start() - 40):m.end() + 20]!r}" for m in bad[:3]
    ]


def schema():
    """tests/validate-schema.py as a module; None without jsonschema, which is then said."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "validate-schema.py")
    spec = importlib.util.spec_from_file_location("validate_schema", path)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ImportError as e:
        print(f"# the schema is not checked: {e}")
        return None
    return module


SCHEMA = schema()


def unschematic(raw):
    """What the report's schema does not allow in this output."""
    return [f"schema: {p}" for p in SCHEMA.problems_of_text(raw)[:3]] if SCHEMA else []


def dig(tree, path):
    """dig(facts, "kmod.loaded.v"); None when a part is missing."""
    for key in path.split("."):
        if isinstance(tree, list):
            tree = tree[int(key)] if int(key) < len(tree) else None
        else:
            tree = tree.get(key) if isinstance(tree, dict) else None
        if tree is None:
            return None
    return tree


def multiarch():
    return {"x86_64": "x86_64-linux-gnu", "aarch64": "aarch64-linux-gnu"}.get(
        os.uname().machine, ""
    )


def put(root, path, text):
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())


def link(root, path, target):
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    os.symlink(target, full)


def put_elf(root, path):
    """Some true ELF file of this machine, small."""
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    shutil.copy(os.path.realpath("/bin/true"), full)
    os.chmod(full, 0o755)


def hardware(root, loaded=True):
    """One NVIDIA GPU on PCI beside a host bridge; the module with it, if `loaded`."""
    pci = "sys/bus/pci/devices/"
    for addr, vendor, device, klass in (
        ("0000:00:00.0", "8086", "1237", "060000"),
        ("0000:01:00.0", "10de", "2684", "030000"),
    ):
        put(root, f"{pci}{addr}/vendor", f"0x{vendor}\n")
        put(root, f"{pci}{addr}/device", f"0x{device}\n")
        put(root, f"{pci}{addr}/class", f"0x{klass}\n")
    os.makedirs(f"{root}/sys/bus/pci/drivers/nvidia", exist_ok=True)
    os.makedirs(f"{root}/sys/module/pcieport", exist_ok=True)
    os.makedirs(f"{root}/proc/driver", exist_ok=True)
    if loaded:
        link(root, f"{pci}0000:01:00.0/driver", "../../drivers/nvidia")
        put(root, "sys/module/nvidia/version", "550.54.15\n")
        put(root, "sys/module/nvidia/initstate", "live\n")
        put(root, "sys/module/nvidia_uvm/initstate", "live\n")
        put(root, "proc/driver/nvidia/version", NVRM)


def torch(site, version_py=VERSION_PY):
    """A CUDA build of torch in the folder `site`, as far as files tell."""
    put(site, "torch/__init__.py", "")
    put(site, "torch/version.py", version_py)
    put_elf(site, "torch/lib/libtorch_cuda.so")
    put_elf(site, "torch/lib/libtorch_cpu.so")
    info = "torch-2.6.0+cu124.dist-info"
    put(site, f"{info}/METADATA", "Metadata-Version: 2.1\nName: torch\nVersion: 2.6.0+cu124\n")
    put(site, f"{info}/INSTALLER", "pip\n")
    put(site, f"{info}/RECORD", "torch/__init__.py,,\ntorch/version.py,,\n")


def venv(folder, base_python, site_version=PY):
    """A virtual environment; returns its site-packages."""
    link(folder, "bin/python", base_python)
    link(folder, "bin/python3", "python")
    put(
        folder,
        "pyvenv.cfg",
        f"home = {os.path.dirname(base_python)}\n"
        f"include-system-site-packages = false\nversion = {site_version[6:]}.2\n",
    )
    site = f"{folder}/lib/{site_version}/site-packages"
    os.makedirs(site)
    return site


def machine(root):
    """A whole healthy machine as a plain tree: GPU, driver 550, a venv at /opt/venv with torch 2.6.0+cu124."""
    hardware(root)
    arch = multiarch() or "x86_64-linux-gnu"
    put(root, "proc/sys/kernel/osrelease", "6.1.0-18-amd64\n")
    put(root, "proc/version", "Linux version 6.1.0-18-amd64 (debian)\n")
    put(root, "proc/self/status", "Name:\tx\nUid:\t0\t0\t0\t0\n")
    put_elf(root, f"usr/bin/{PY}")
    link(root, "usr/bin/python3", PY)
    os.makedirs(f"{root}/usr/lib/{PY}/lib-dynload")
    put(root, f"usr/lib/{PY}/os.py", "")
    link(root, "lib", "usr/lib")
    link(root, "bin", "usr/bin")
    put_elf(root, f"usr/lib/{arch}/libcuda.so.550.54.15")
    link(root, f"usr/lib/{arch}/libcuda.so.1", "libcuda.so.550.54.15")
    put_elf(root, f"usr/lib/{arch}/libnvidia-ml.so.550.54.15")
    link(root, f"usr/lib/{arch}/libnvidia-ml.so.1", "libnvidia-ml.so.550.54.15")
    put(root, "etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n")
    put(
        root, "etc/ld.so.conf.d/arch.conf", f"/usr/local/lib/{arch}\n/lib/{arch}\n/usr/lib/{arch}\n"
    )
    put(root, "etc/debian_version", "12.5\n")
    put(root, "dev/null", "")
    put(root, "usr/lib/modules/6.1.0-18-amd64/modules.dep", "kernel/drivers/video/nvidia.ko:\n")
    put(root, "usr/lib/modules/6.1.0-18-amd64/kernel/drivers/video/nvidia.ko", b"\x7fELF")
    torch(venv(f"{root}/opt/venv", f"/usr/bin/{PY}"))
    os.makedirs(f"{root}/home/ana")


def case(folder):
    """The same machine as a recorded case: the environment is known too, so that it can be called sound."""
    machine(f"{folder}/root")
    put(
        folder,
        "root.meta",
        "whycpu.case/1 complete\nnow 1700000000\nuser 1000 1000 1000 0\n"
        "kernel 6.1.0-18-amd64 x86_64\ncwd /home/ana\n",
    )
    put(folder, "env", "PATH=/opt/venv/bin:/usr/bin\nHOME=/home/ana\nLANG=C.UTF-8\n")
    return folder


class Namespace:
    """A private mount namespace (and network namespace: abstract sockets live in those) that others can enter."""

    def __init__(self):
        ready_r, ready_w = os.pipe()
        stay_r, stay_w = os.pipe()
        pid = os.fork()
        if pid == 0:
            bad = libc.unshare(CLONE_NEWNS | CLONE_NEWNET) or libc.mount(
                None, b"/", None, MS_REC | MS_PRIVATE, None
            )
            os.write(ready_w, str(ctypes.get_errno() if bad else 0).encode())
            os.close(stay_w)
            os.read(stay_r, 1)
            os._exit(0)
        err = int(os.read(ready_r, 20))
        if not err:
            self.fds = [os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY) for kind in ("net", "mnt")]
            self.name = os.readlink(f"/proc/{pid}/ns/mnt")
        for fd in (ready_r, ready_w, stay_r, stay_w):
            os.close(fd)
        os.waitpid(pid, 0)
        if err:
            raise OSError(err, "unshare: " + os.strerror(err))

    def enter(self):
        for fd in self.fds:
            if libc.setns(fd, 0):
                raise OSError(ctypes.get_errno(), "setns")

    def mount(self, source, target, fstype=None, flags=0, data=None):
        """mount(2) inside. Raises where it is refused."""
        pid = os.fork()
        if pid == 0:
            code = 99
            try:
                self.enter()
                enc = [None if x is None else x.encode() for x in (source, target, fstype, data)]
                code = ctypes.get_errno() if libc.mount(*enc[:3], flags, enc[3]) else 0
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if code:
            raise OSError(code, f"mount {target}: {os.strerror(code)}")

    def processes(self, comm):
        """Living processes of this namespace with that name; zombies do not count, as init reaps late."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat") as f:
                    name, state = re.match(r"\d+ \((.*)\) (\S)", f.read(), re.S).groups()
                if (
                    name == comm
                    and state not in "ZX"
                    and os.readlink(f"/proc/{pid}/ns/mnt") == self.name
                ):
                    found.append(int(pid))
            except (OSError, AttributeError):
                pass
        return found


class Server:
    """hangfs.py or slowfs.py, mounted inside a namespace; a context manager that always ends it."""

    def __init__(self, ns, tool, mountpoint, *args):
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), tool)
        self.p = subprocess.Popen(
            [sys.executable, path, mountpoint, *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=ns.enter,
            cwd="/",
        )
        if self.p.stdout.readline() != b"up\n":
            raise OSError(f"{tool}: " + self.p.stderr.read().decode()[-300:])
        os.set_blocking(self.p.stdout.fileno(), False)

    def caught(self):
        """Has a request been swallowed since the last call?"""
        return bool(self.p.stdout.read())

    def stop(self):
        self.p.terminate()
        try:
            self.p.wait(3)
        except subprocess.TimeoutExpired:
            self.p.kill()  # closes its end of /dev/fuse: every sleeper is released
            self.p.wait()
        self.p.stdout.close()
        self.p.stderr.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def why_no_fuse():
    """The reason why nothing can be mounted here, or None."""
    if os.geteuid() != 0:
        return "needs root"
    if not os.path.exists("/dev/fuse"):
        return "/dev/fuse is missing"
    try:
        os.close(os.open("/dev/fuse", os.O_RDWR))
        Namespace()
    except OSError as e:
        return f"cannot mount here: {e}"
    return None
