#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hangfs.py DIR OP SECONDS [file|dir|link] : mounts a file system at DIR whose OP is taken and never answered.
OP: lookup | getattr | open | read | write | readlink | opendir | readdir. Every name exists below DIR, as the
kind given (file). Needs root (or a user and mount namespace and a readable /dev/fuse). Who touches it sleeps until
this server ends: state S until it is signalled, then D, and it survives SIGKILL: a true stand-in for a wedged
driver, without one. Prints "up" when mounted and "caught" for every request that it swallowed. Ends by itself after
SECONDS; then every sleeper is released."""

import ctypes
import errno
import os
import signal
import stat
import struct
import sys

KINDS = {"file": stat.S_IFREG | 0o666, "dir": stat.S_IFDIR | 0o755, "link": stat.S_IFLNK | 0o777}
LOOKUP, FORGET, GETATTR, SETATTR, READLINK, OPEN, READ, WRITE = (1, 2, 3, 4, 5, 14, 15, 16)
RELEASE, FLUSH, INIT, OPENDIR, READDIR, RELEASEDIR = (18, 25, 26, 27, 28, 29)
INTERRUPT, BATCH_FORGET = 36, 42  # these want no answer
OPS = {
    "lookup": LOOKUP,
    "getattr": GETATTR,
    "open": OPEN,
    "read": READ,
    "write": WRITE,
    "readlink": READLINK,
    "opendir": OPENDIR,
    "readdir": READDIR,
}

mnt, seconds = sys.argv[1], int(sys.argv[3])
hang = OPS[sys.argv[2]]
kind = KINDS[(sys.argv[4:] or ["file"])[0]]
libc = ctypes.CDLL(None, use_errno=True)
os.makedirs(mnt, exist_ok=True)
fd = os.open("/dev/fuse", os.O_RDWR)
opts = f"fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
if libc.mount(b"hangfs", mnt.encode(), b"fuse.hangfs", 6, opts):
    raise OSError(ctypes.get_errno(), "mount")


def end(*_):
    libc.umount2(mnt.encode(), 2)
    os._exit(0)


def attr(ino):
    mode = stat.S_IFDIR | 0o755 if ino == 1 else kind
    return struct.pack("<6Q10I", ino, 4096, 8, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def answer(op, node):
    """The body of the reply, or an errno."""
    # A validity of 0 makes the kernel ask again each time, so that the op that hangs is reached.
    if op == INIT:
        return struct.pack("<IIIIHHIIHHIIIIII", 7, 31, 65536, 0, 12, 10, 65536, 1, *[0] * 8)
    if op == LOOKUP:
        return struct.pack("<QQQQII", 2, 0, 0, 0 if hang == GETATTR else 1, 0, 0) + attr(2)
    if op in (GETATTR, SETATTR):
        return struct.pack("<QII", 0 if hang == GETATTR else 1, 0, 0) + attr(node)
    if op in (OPEN, OPENDIR):
        return struct.pack("<QII", 1, 0, 0)
    if op == READ:
        return b"\0" * 4096
    if op == READLINK:
        return b"target"
    if op in (READDIR, RELEASE, RELEASEDIR, FLUSH):
        return b""
    return errno.ENOSYS


signal.signal(signal.SIGALRM, end)
signal.signal(signal.SIGTERM, end)
signal.alarm(seconds)
os.write(1, b"up\n")
while True:
    try:
        request = os.read(fd, 1 << 20)
    except OSError as e:
        if e.errno == errno.ENODEV:
            break
        continue
    _, op, unique, node = struct.unpack("<IIQQ", request[:24])
    if op == hang:
        os.write(1, b"caught\n")
    elif op not in (FORGET, INTERRUPT, BATCH_FORGET):
        body = answer(op, node)
        err, data = (-body, b"") if isinstance(body, int) else (0, body)
        try:
            os.write(fd, struct.pack("<IiQ", 16 + len(data), err, unique) + data)
        except OSError:
            pass  # the asker went away
