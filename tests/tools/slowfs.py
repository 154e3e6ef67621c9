#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""slowfs.py DIR BACKING SECONDS [MIN_MS MAX_MS] : shows the tree BACKING at DIR, read-only, and lets every answer
wait MIN_MS..MAX_MS (100..300): a far but living file server, on which nothing may be called hung. Nothing is cached,
so each component of each path costs an answer. Prints "up" when mounted. Ends by itself after SECONDS.
"""

import ctypes
import errno
import os
import random
import signal
import struct
import sys
import time

LOOKUP, FORGET, GETATTR, READLINK, OPEN, READ, STATFS = (1, 2, 3, 5, 14, 15, 17)
RELEASE, FLUSH, INIT, OPENDIR, READDIR, RELEASEDIR = (18, 25, 26, 27, 28, 29)
INTERRUPT, BATCH_FORGET = 36, 42

mnt, backing, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3])
low, high = (int(x) for x in (sys.argv[4:6] or ["100", "300"]))
top = os.open(backing, os.O_RDONLY | os.O_DIRECTORY)
paths, ids = {1: "."}, {".": 1}
libc = ctypes.CDLL(None, use_errno=True)
os.makedirs(mnt, exist_ok=True)
fd = os.open("/dev/fuse", os.O_RDWR)
opts = f"fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
if libc.mount(b"slowfs", mnt.encode(), b"fuse.slowfs", 6, opts):
    raise OSError(ctypes.get_errno(), "mount")


def end(*_):
    libc.umount2(mnt.encode(), 2)
    os._exit(0)


def attr(path, ino):
    s = os.stat(path, dir_fd=top, follow_symlinks=False)
    times = (int(s.st_atime), int(s.st_mtime), int(s.st_ctime))
    return struct.pack(
        "<6Q10I",
        ino,
        s.st_size,
        s.st_blocks,
        *times,
        0,
        0,
        0,
        s.st_mode,
        s.st_nlink,
        s.st_uid,
        s.st_gid,
        0,
        4096,
        0,
    )


def lookup(node, name):
    path = os.path.normpath(os.path.join(paths[node], os.fsdecode(name)))
    os.stat(path, dir_fd=top, follow_symlinks=False)
    ino = ids.setdefault(path, len(ids) + 1)
    paths[ino] = path
    return struct.pack("<QQQQII", ino, 0, 0, 0, 0, 0) + attr(path, ino)


def read(node, offset, size):
    f = os.open(paths[node], os.O_RDONLY, dir_fd=top)
    try:
        return os.pread(f, size, offset)
    finally:
        os.close(f)


def readdir(node, offset, size):
    out = b""
    d = os.open(paths[node], os.O_RDONLY | os.O_DIRECTORY, dir_fd=top)
    try:
        names = sorted(os.listdir(d))
    finally:
        os.close(d)
    for i, name in enumerate(names[offset:], offset + 1):
        raw = os.fsencode(name)
        entry = struct.pack("<QQII", i + 1, i, len(raw), 0) + raw
        entry += b"\0" * (-len(entry) % 8)
        if len(out) + len(entry) > size:
            break
        out += entry
    return out


def answer(op, node, body):
    if op == INIT:
        return struct.pack("<IIIIHHIIHHIIIIII", 7, 31, 65536, 0, 12, 10, 65536, 1, *[0] * 8)
    if op == LOOKUP:
        return lookup(node, body.rstrip(b"\0"))
    if op == GETATTR:
        return struct.pack("<QII", 0, 0, 0) + attr(paths[node], node)
    if op in (OPEN, OPENDIR):
        return struct.pack("<QII", 1, 0, 0)
    if op == READLINK:
        return os.fsencode(os.readlink(paths[node], dir_fd=top))
    if op in (READ, READDIR):
        _, offset, size = struct.unpack("<QQI", body[:20])
        return (read if op == READ else readdir)(node, offset, size)
    if op == STATFS:
        return bytes(80)
    if op in (RELEASE, RELEASEDIR, FLUSH):
        return b""
    raise OSError(errno.ENOSYS, "no such operation")


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
    if op in (FORGET, INTERRUPT, BATCH_FORGET):
        continue
    if op != INIT:
        time.sleep(random.randint(low, high) / 1000)
    try:
        err, data = 0, answer(op, node, request[40:])
    except OSError as e:
        err, data = -e.errno, b""
    try:
        os.write(fd, struct.pack("<IiQ", 16 + len(data), err, unique) + data)
    except OSError:
        pass  # the asker went away
