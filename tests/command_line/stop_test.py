"""A daemon that is stopped answers those whom it has taken in: of an upgrade nobody is to see anything."""

import json
import socket
import time
import unittest

from private_daemon import PrivateDaemon

PING = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "core.ping", "params": []}).encode() + b"\n"


class Stop(unittest.TestCase):
    def setUp(self):
        self.daemon = self.enterContext(PrivateDaemon())

    def connect(self):
        peer = self.enterContext(socket.socket(socket.AF_UNIX))
        peer.settimeout(20)
        peer.connect(self.daemon.path("run/api.sock"))
        # It is taken in when another that came after it is answered.
        self.assertEqual(self.daemon.call("config").returncode, 0)
        return peer

    def test_who_is_about_to_call_is_answered(self):
        peer = self.connect()
        self.daemon.stop()
        time.sleep(0.2)
        peer.sendall(PING)
        self.assertEqual(json.loads(peer.recv(4096))["result"], "pong")
        self.assertEqual(self.daemon.wait(), 0)

    def test_who_says_nothing_holds_nothing_up_for_long(self):
        self.connect()
        start = time.monotonic()
        self.daemon.stop()
        self.assertEqual(self.daemon.wait(), 0)
        self.assertLess(time.monotonic() - start, 10)


if __name__ == "__main__":
    unittest.main()
