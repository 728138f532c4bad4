"""A FUSE file system that accepts every request and answers none: not even SIGKILL ends a process that waits for it. silent_fuse.py FOLDER USER

Runs in the machine, until it is killed.
"""

import ctypes
import os
import pwd
import struct
import sys

INIT = 26
# The header of every request has unique and opcode (linux/fuse.h, fuse_in_header).
HEADER = struct.Struct("=IIQQIIII")
# fuse_init_out of protocol 7.31: version, readahead, flags, background, congestion, write size, time granularity, …
INIT_ANSWER = struct.pack("=IIIIHHIIHHIIII16x", 7, 31, 65536, 0, 64, 48, 4096, 1, 0, 0, 0, 0, 0, 0)


def main():
    folder, user = sys.argv[1:]
    entry = pwd.getpwnam(user)
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id={entry.pw_uid},group_id={entry.pw_gid}"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"silent", folder.encode(), b"fuse", 6, options.encode()) != 0:
        raise OSError(ctypes.get_errno(), "mount")
    while request := os.read(device, 1 << 20):
        _, opcode, unique, *_ = HEADER.unpack_from(request)
        if opcode == INIT:
            os.write(device, struct.pack("=IiQ", 16 + len(INIT_ANSWER), 0, unique) + INIT_ANSWER)
            print("ready", flush=True)


main()
