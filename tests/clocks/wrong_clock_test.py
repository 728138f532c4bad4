"""The built daemon and the built module, with a wall clock that is ahead for a while and then set right: who used no code meanwhile waits no longer
than after any boot, what was used stays used, root accepts the present time, and doctor tells."""

import glob
import json
import os
import re
import subprocess
import tempfile
import time
import unittest

from one_time_codes import STEP_SECONDS, hotp, secret_of
from private_daemon import PrivateDaemon

LIBRARY = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)
USED, UNUSED = "games", "news"
ORDINARY_WAIT = 2 * STEP_SECONDS
TWO_HOURS, TEN_YEARS = 7200, 315_360_000
# The daemon looks at the clock each second.
NOTICED = 3


class Machine:
    """A daemon whose wall clock, and that of its logins, is ahead by what `set_clock` said last."""

    def __init__(self, test):
        self._test = test
        folder = test.enterContext(tempfile.TemporaryDirectory(prefix="twofactor-clock-"))
        # For the daemon without root's rights.
        os.chmod(folder, 0o755)
        self._clock = f"{folder}/clock"
        self.ahead = 0
        self.set_clock(0)
        self.secrets = {}
        self._daemon = None

    def set_clock(self, ahead):
        """A new file in the place of the old one, so that nobody reads half of one."""
        with open(f"{self._clock}.new", "w", encoding="ascii") as file:
            file.write(f"{ahead:+}\n")
        os.chmod(f"{self._clock}.new", 0o644)
        os.rename(f"{self._clock}.new", self._clock)
        self.ahead = ahead

    def environment(self):
        return [f"LD_PRELOAD={LIBRARY}", f"FAKETIME_TIMESTAMP_FILE={self._clock}", "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"]

    def boot(self):
        if self._daemon is None:
            self._daemon = self._test.enterContext(PrivateDaemon(["env", *self.environment()]))
            os.mkdir(self._daemon.path("pam.d"))
            self._daemon.write("pam.d/door", f"auth required {os.environ['TWOFACTOR_MODULE']} run_dir={self._daemon.path('run')}\n")
        else:
            self._daemon.restart(lose_run_directory=True)

    def call(self, *words):
        answer = self._daemon.call("--json", *words)
        self._test.assertEqual(answer.returncode, 0, answer.stderr)
        return answer.stdout

    def findings(self):
        answer = self._daemon.call("--json", "doctor")
        return {finding["id"]: finding for finding in json.loads(answer.stdout)["findings"]}

    def renew(self, user):
        self.secrets[user] = secret_of(self.call("renew", "--no-confirm", user))

    def now(self):
        return time.time() + self.ahead

    def code(self, user):
        return hotp(self.secrets[user], int(self.now()) // STEP_SECONDS)

    def login(self, user, code=None):
        """What the user is told, and how it ends."""
        run = subprocess.run(["env", *self.environment(), os.environ["PAM_DRIVER"], "--confdir", self._daemon.path("pam.d"), "--service", "door",
                              "--user", user], input=(code or self.code(user)) + "\n", text=True, capture_output=True, check=False, timeout=60)
        return run.stdout

    def wait(self, user):
        """For how long the user is told to wait; 0 for one who is in."""
        said = self.login(user)
        if "PAM_SUCCESS" in said:
            return 0
        told = re.search(r"(\d+) second", said)
        self._test.assertTrue(told, said)
        return int(told.group(1))


@unittest.skipUnless(LIBRARY, "needs faketime")
class WrongClock(unittest.TestCase):
    def setUp(self):
        self.machine = Machine(self)

    def start(self, *users):
        self.machine.boot()
        for user in users:
            self.machine.renew(user)

    def assert_ordinary(self, user):
        self.assertLessEqual(self.machine.wait(user), ORDINARY_WAIT)

    def test_clock_that_is_ahead_while_it_runs_closes_the_device_that_was_used_alone(self):
        self.start(USED, UNUSED)
        for ahead in (20, TWO_HOURS, TEN_YEARS):
            with self.subTest(ahead=ahead):
                self.machine.renew(USED)
                self.machine.set_clock(ahead)
                time.sleep(1)
                used = self.machine.code(USED)
                self.assertIn("PAM_SUCCESS", self.machine.login(USED, used))
                time.sleep(NOTICED)
                self.machine.set_clock(0)
                time.sleep(NOTICED)
                for _ in range(2):
                    self.machine.boot()
                    self.assert_ordinary(UNUSED)
                if ahead == 20:
                    continue
                findings = self.machine.findings()
                self.assertIn("twofactorctl accept-time", findings["clock.devices-ahead"]["advice"])
                self.assertGreater(self.machine.wait(USED), ahead - 60)
                self.machine.set_clock(ahead)
                self.assertNotIn("PAM_SUCCESS", self.machine.login(USED, used))
                self.machine.set_clock(0)
                time.sleep(NOTICED)
                self.assertEqual(json.loads(self.machine.call("accept-time"))["devices"], 1)
                self.assert_ordinary(USED)
                self.machine.boot()
                self.assert_ordinary(USED)

    def test_clock_that_is_ahead_at_the_boot_delays_nobody_once_it_is_right(self):
        self.start(UNUSED)
        for ahead in (20, TWO_HOURS, TEN_YEARS):
            with self.subTest(ahead=ahead):
                self.machine.set_clock(ahead)
                self.machine.boot()
                time.sleep(1)
                self.machine.set_clock(0)
                time.sleep(NOTICED)
                self.assert_ordinary(UNUSED)
                self.assertIn("clock.set-back", self.machine.findings())
                for _ in range(2):
                    self.machine.boot()
                    self.assert_ordinary(UNUSED)
                self.machine.renew(UNUSED)
                self.assertIn("PAM_SUCCESS", self.machine.login(UNUSED))

    def test_use_right_before_a_shutdown_is_remembered_though_the_clock_is_set_right_with_it(self):
        self.start(USED)
        # By chance, the look of each second notices a use in time.
        for attempt in range(4):
            with self.subTest(attempt=attempt):
                self.machine.renew(USED)
                self.machine.set_clock(TWO_HOURS)
                time.sleep(NOTICED)
                used = self.machine.code(USED)
                self.assertIn("PAM_SUCCESS", self.machine.login(USED, used))
                self.machine.set_clock(0)
                self.machine.boot()
                self.machine.set_clock(TWO_HOURS)
                time.sleep(NOTICED)
                self.assertNotIn("PAM_SUCCESS", self.machine.login(USED, used))
                self.machine.set_clock(0)
                time.sleep(NOTICED)


if __name__ == "__main__":
    unittest.main()
