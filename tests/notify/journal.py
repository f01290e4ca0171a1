# SPDX-License-Identifier: MIT
"""journal.py ROOT OUT: stands in for systemd-journald below ROOT and writes
each entry it is sent to OUT as one line of JSON, read as the native protocol
says (https://systemd.io/JOURNAL_NATIVE_PROTOCOL/); what came as a file has the
member "memfd"."""
import array
import fcntl
import json
import os
import socket
import struct
import sys

F_GET_SEALS = 1034
ALL_SEALS = 1 | 2 | 4 | 8


def fields(data):
    out = {}
    while data:
        line, _, rest = data.partition(b"\n")
        key, equals, value = line.partition(b"=")
        if not equals:
            size, = struct.unpack("<Q", rest[:8])
            value, rest = rest[8:8 + size], rest[8 + size:]
            assert rest[:1] == b"\n", rest
            rest = rest[1:]
        key = key.decode()
        assert key.replace("_", "").isalnum() and key == key.upper(), key
        assert key not in out, key
        out[key] = value.decode()
        data = rest
    return out


os.makedirs(sys.argv[1] + "/run/systemd/journal", exist_ok=True)
os.chdir(sys.argv[1] + "/run/systemd/journal")
listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
listening.bind("socket~")
os.rename("socket~", "socket")
while True:
    data, control, _, _ = listening.recvmsg(1 << 20,
                                            socket.CMSG_LEN(4))
    large = False
    for level, kind, body in control:
        fds = array.array("i")
        fds.frombytes(body)
        assert fcntl.fcntl(fds[0], F_GET_SEALS) == ALL_SEALS
        os.lseek(fds[0], 0, os.SEEK_SET)
        with open(fds[0], "rb") as file:
            data = file.read()
        large = True
    entry = fields(data)
    if large:
        entry["memfd"] = True
    with open(sys.argv[2], "a") as out:
        out.write(json.dumps(entry) + "\n")
