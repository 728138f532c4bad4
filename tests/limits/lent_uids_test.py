"""The uids that subuid(5) lends a user have that user's share of the daemon, and none of their own. In a mount namespace of its own."""

import contextlib
import json
import os
import socket
import subprocess
import unittest

from private_daemon import PrivateDaemon

OWNER = 5  # games
LENT = 500000
OTHER = 600000
CONNECTIONS = 64
CALL = b'{"jsonrpc":"2.0","id":1,"method":"auth.me","params":[]}\n'


class LentUids(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(PrivateDaemon())
        lent = cls.daemon.write("subuid", f"games:{LENT}:1000\n")
        os.chmod(lent, 0o644)
        subprocess.run(["mount", "--bind", lent, "/etc/subuid"], check=True)
        cls.daemon.restart()

    def setUp(self):
        self.connections = self.enterContext(contextlib.ExitStack())

    def connect(self, uid):
        peer = self.connections.enter_context(socket.socket(socket.AF_UNIX))
        peer.settimeout(20)
        os.seteuid(uid)
        try:
            peer.connect(self.daemon.path("run/api.sock"))
        finally:
            os.seteuid(0)
        return peer

    def code_of_answer(self, uid):
        """The code of the error that a call is answered with; none where it is an error of the method."""
        peer = self.connect(uid)
        # Who is turned away may find the connection closed, and is told why all the same.
        with contextlib.suppress(BrokenPipeError):
            peer.sendall(CALL)
        with peer.makefile("rb") as lines:
            answer = json.loads(lines.readline())
        return answer["error"]["code"] if "error" in answer else None

    def test_connections_of_lent_uids_count_with_their_owners(self):
        self.assertNotEqual(self.code_of_answer(OWNER), -32000)
        for number in range(CONNECTIONS):
            self.connect(LENT + number % 8)
        for uid in (LENT, LENT + 999, OWNER):
            self.assertEqual(self.code_of_answer(uid), -32000, uid)
        for uid in (LENT + 1000, OTHER, 0):
            self.assertNotEqual(self.code_of_answer(uid), -32000, uid)


if __name__ == "__main__":
    unittest.main(verbosity=2)
