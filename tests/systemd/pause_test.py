"""systemd/pause-after-failure: how long the next start waits, by how the program has ended. Its sleep is one that says so instead."""

import os
import subprocess
import tempfile
import unittest

PAUSE = os.environ["TWOFACTOR_PAUSE"]


class PauseTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="twofactor-pause-"))
        with open(f"{self.folder}/sleep", "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\necho \"$*\"\n")
        os.chmod(f"{self.folder}/sleep", 0o755)

    def pause(self, **environment):
        """Of how many seconds it makes a pause; 0 where it makes none. As systemd.exec(5) sets the environment."""
        done = subprocess.run([PAUSE], env={"PATH": f"{self.folder}:/usr/bin:/bin", **environment}, text=True, capture_output=True, check=True)
        self.assertEqual(done.stderr, "")
        return int(done.stdout or 0)

    def ends(self, code, statuses, seconds):
        for status in statuses:
            with self.subTest(code=code, status=status):
                self.assertEqual(self.pause(EXIT_CODE=code, EXIT_STATUS=status, SERVICE_RESULT="exit-code"), seconds)

    def test_a_clean_end_and_a_refused_start_that_has_waited_itself_have_none(self):
        self.ends("exited", ("0", "75"), 0)

    def test_a_program_that_cannot_run_waits_until_it_may_be_mended(self):
        # 1 and 2 are the program's own, 126 and 127 the loader's and the shell's, from 200 on systemd's, as 203 where there is no file.
        self.ends("exited", ("1", "2", "74", "76", "126", "127", "200", "203", "217", "226", "255"), 5)

    def test_a_program_that_is_damaged_waits_a_second(self):
        for code in ("killed", "dumped"):
            self.ends(code, ("ILL", "SEGV", "BUS", "SYS", "TRAP"), 1)

    def test_a_kill_an_assertion_and_the_watchdog_have_none(self):
        for code in ("killed", "dumped"):
            self.ends(code, ("KILL", "TERM", "ABRT", "INT", "HUP"), 0)

    def test_a_start_that_was_not_tried_has_none(self):
        # ExecStopPost= is called without them where ExecStartPre= or a mount failed.
        self.assertEqual(self.pause(), 0)
        self.assertEqual(self.pause(EXIT_CODE="", EXIT_STATUS=""), 0)


if __name__ == "__main__":
    unittest.main()
