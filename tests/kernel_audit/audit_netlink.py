"""The kernel's audit, as audit(7) and linux/audit.h have it: what is told to everybody who may listen, and its switch."""

import socket
import struct

NETLINK_AUDIT = 9
AUDIT_GET, AUDIT_SET, AUDIT_USER_AUTH = 1000, 1001, 1100
AUDIT_STATUS_ENABLED = 1
# Of the multicast groups the only one (AUDIT_NLGRP_READLOG).
READ_LOG = 1
NLM_F_REQUEST_ACK = 5
HEADER = struct.Struct("=IHHII")


class Refused(Exception):
    """This kernel, or this machine's owner, has no audit for us."""


def _socket(group):
    try:
        netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_AUDIT)
        netlink.bind((0, group))
    except OSError as error:
        raise Refused(str(error)) from error
    netlink.settimeout(5)
    return netlink


def _request(kind, payload=b""):
    """The kernel's answers up to its acknowledgement, as (kind, payload)."""
    answers = []
    with _socket(0) as netlink:
        netlink.send(HEADER.pack(HEADER.size + len(payload), kind, NLM_F_REQUEST_ACK, 1, 0) + payload)
        while len(answers) < 2:
            data = netlink.recv(65536)
            _, its_kind, _, _, _ = HEADER.unpack_from(data)
            answers.append((its_kind, data[HEADER.size:]))
            if its_kind == 2 and struct.unpack_from("=i", data, HEADER.size)[0] != 0:
                raise Refused(f"the kernel answers {struct.unpack_from('=i', data, HEADER.size)[0]}")
    return answers


def is_enabled():
    for kind, payload in _request(AUDIT_GET):
        if kind == AUDIT_GET:
            return struct.unpack_from("=II", payload)[1] != 0
    raise Refused("the kernel does not say whether audit is on")


class Enabled:
    """Audit is on until the end of `with`, and then as it was."""

    def __enter__(self):
        self._before = is_enabled()
        self._set(True)
        return self

    def __exit__(self, *_):
        self._set(self._before)

    @staticmethod
    def _set(on):
        with _socket(0) as netlink:
            payload = struct.pack("=10I", AUDIT_STATUS_ENABLED, int(on), *[0] * 8)
            netlink.send(HEADER.pack(HEADER.size + len(payload), AUDIT_SET, NLM_F_REQUEST_ACK, 1, 0) + payload)
            error, = struct.unpack_from("=i", netlink.recv(65536), HEADER.size)
        if error != 0:
            raise Refused(f"audit cannot be switched on: {error}")


class Listener:
    """Hears what is audited from its making on."""

    def __init__(self):
        self._netlink = _socket(READ_LOG)

    def close(self):
        self._netlink.close()

    def next(self, wanted):
        """The text of the next record of this kind; None after five seconds without one."""
        try:
            while True:
                data = self._netlink.recv(65536)
                _, kind, _, _, _ = HEADER.unpack_from(data)
                if kind == wanted:
                    return data[HEADER.size:].rstrip(b"\0").decode(errors="replace")
        except TimeoutError:
            return None
