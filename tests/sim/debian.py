# SPDX-License-Identifier: Apache-2.0
"""Debian's own torch, the package python3-torch, where it is not installed: fetched with apt-get (140 MB, with what it needs),
unpacked into the cache (600 MB), and laid over the machine's own /usr in the simulated one. Nothing is installed, and nothing of it is run here."""
import glob
import os
import shutil
import subprocess

import world

FETCH_S, UNPACK_S = 60, 90


def is_installed():
    find = "import importlib.util as u; raise SystemExit(not u.find_spec('torch'))"
    return os.path.exists("/usr/bin/python3") and subprocess.run(["/usr/bin/python3", "-c", find], cwd="/").returncode == 0


def is_provided():
    return world.BELOW in os.environ


def provide(cache):
    """None if there is a Debian torch to ask now, else why not."""
    if is_installed():
        return None
    where = os.path.join(cache, "debian-torch")
    reason = None if os.path.isdir(where) else fetch(where)
    if not reason:
        os.environ[world.BELOW] = where
    return reason


def fetch(where):
    new = f"{where}.{os.getpid()}"
    os.makedirs(new + "/archives/partial")
    apt = ["apt-get", "-qq", "-o", f"Dir::Cache::archives={new}/archives", "-o", "APT::Sandbox::User=root", "install", "-y",
           "--no-install-recommends", "--download-only", "python3-torch"]
    try:
        subprocess.run(apt, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=FETCH_S)
        unpack(new)
        os.rename(new + "/root", where)
    except (subprocess.SubprocessError, OSError) as e:
        said = (getattr(e, "stderr", None) or str(e)).strip().split("\n")[-1]
        return f"apt-get install python3-torch: {said[-150:]}"
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return None


def write_list(package, where):
    """What dpkg writes down of a package that it installs: its files."""
    files = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], check=True, capture_output=True, timeout=UNPACK_S).stdout
    names = subprocess.run(["tar", "-t"], input=files, check=True, capture_output=True, timeout=UNPACK_S).stdout.decode()
    os.makedirs(where)
    with open(where + "/python3-torch.list", "w", encoding="utf-8") as f:
        f.writelines(name.lstrip(".").rstrip("/") + "\n" for name in names.split("\n") if name)


def unpack(new):
    root, packages = new + "/root", sorted(glob.glob(new + "/archives/*.deb"))
    os.mkdir(root)
    for package in glob.glob(new + "/archives/python3-torch_*.deb"):
        write_list(package, root + world.LISTS)
    unpacking = 'for package; do dpkg -x "$package" "$0" && rm "$package" || exit 255; done'
    subprocess.run(["xargs", "-P2", "-n8", "sh", "-c", unpacking, root], input="\n".join(packages), text=True, check=True,
                   capture_output=True, timeout=UNPACK_S)
    if os.path.isdir(root + "/lib"):
        shutil.copytree(root + "/lib", root + "/usr/lib", symlinks=True, dirs_exist_ok=True)
