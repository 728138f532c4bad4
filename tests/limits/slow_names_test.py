"""Users who ask for names that the directory never answers hold up nobody else: neither root nor users whom it knows at once. A call that waits
for one of theirs takes the five seconds after which twofactor-accounts gives it up. TWOFACTOR_SLOW_ROUNDS: how many calls of each kind are timed."""

import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import unittest

import slow_askers
from private_daemon import PrivateDaemon

ROUNDS = int(os.environ.get("TWOFACTOR_SLOW_ROUNDS", "10"))
# The promise, in seconds; a machine that is slower without any of it is measured by itself.
MEDIAN = 0.1
SLOWER = 4
# Half of what a call takes that waits for a slow one.
LONG = 2.5
CALLS = (
    ("auth.me of another user", 1, "auth.me", []),
    ("renewal by root", 0, "user.renew_2fa_secret", ["games", {}]),
    ("unlock by root", 0, "user.clear_2fa_throttle", ["games"]),
    ("bypass by root", 0, "user.set_2fa_bypass", ["games", {"seconds": 60, "reason": "test"}]),
    ("the bypass' end by root", 0, "user.end_2fa_bypass", ["games"]),
)


def ask(path, uid, method, params):
    """The answer to a call on a connection of its own, and how long it took."""
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(20)
        start = time.monotonic()
        os.seteuid(uid)
        try:
            peer.connect(path)
        finally:
            os.seteuid(0)
        peer.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n")
        with peer.makefile("rb") as lines:
            answer = json.loads(lines.readline())
        return answer, time.monotonic() - start


@contextlib.contextmanager
def askers(path, uids, what):
    """These users ask for as long as the block lasts."""
    processes = []
    try:
        for uid in uids:
            processes.append(subprocess.Popen([sys.executable, "-B", slow_askers.__file__, path, str(uid), what], stdout=subprocess.PIPE, text=True))
        for process in processes:
            assert process.stdout.readline() == "asked\n"
        # Until all of them are where they wait.
        time.sleep(0.5)
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.communicate(timeout=30)


class SlowNames(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(PrivateDaemon(["env", f"LD_PRELOAD={os.environ['SLOW_NAMES']}"]))
        cls.path = cls.daemon.path("run/api.sock")

    @classmethod
    def rounds(cls):
        times = {what: [] for what, *_ in CALLS}
        for _ in range(ROUNDS):
            for what, uid, method, params in CALLS:
                answer, took = ask(cls.path, uid, method, params)
                assert "result" in answer, f"{what}: {answer}"
                times[what].append(took)
        return times

    def compare(self, who, uids, what_they_ask):
        """No call fails, and none is slower than beside nobody, on a machine that others may be using meanwhile."""
        before = self.rounds()
        with askers(self.path, uids, what_they_ask):
            times = self.rounds()
        after = self.rounds()
        for what in times:
            slow, quiet = statistics.median(times[what]), max(statistics.median(before[what]), statistics.median(after[what]))
            print(f"\n{who}: {what}: median {slow * 1000:.1f} ms, longest {max(times[what]) * 1000:.1f}; beside nobody {quiet * 1000:.1f}", end="")
            self.assertLess(slow, max(MEDIAN, SLOWER * quiet), what)

    def test_a_name_that_is_not_answered_is_given_up(self):
        answer, took = ask(self.path, 12345, "user.verify_twofactor_token", ["slow-1", "000000"])
        self.assertEqual(answer["error"]["data"]["errname"], "ETIMEDOUT", answer)
        self.assertGreater(took, LONG)

    def test_one_user_with_slow_names_holds_up_nobody(self):
        self.compare("one user", [22345], "names")

    def test_five_users_with_slow_names_hold_up_nobody(self):
        self.compare("five users", range(12345, 12350), "names")

    def test_users_whose_own_name_is_slow_hold_up_nobody(self):
        self.compare("three users without an answer about themselves", range(70000, 70003), "me")

    def test_then_slow_users_are_served_again(self):
        with askers(self.path, [12399], "names"):
            pass
        deadline = time.monotonic() + 30
        while not self.is_served(12399):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)

    def is_served(self, uid):
        try:
            return "result" in ask(self.path, uid, "auth.me", [])[0]
        except OSError:
            # Turned away: the daemon has not seen yet that the other connections are gone.
            return False


if __name__ == "__main__":
    unittest.main()
