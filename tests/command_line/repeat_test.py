"""Every command, called twice as a script that runs again would: its one JSON object says whether it changed something, and the second call changes nothing more.

The rows are called one after another, as root, against a daemon that starts empty.
"""

import base64
import json
import os
import unittest

from one_time_codes import current_step, hotp
from private_daemon import PrivateDaemon

KEY = b"12345678901234567890"
SECRET = base64.b32encode(KEY).decode()
URIS = f"otpauth://totp/x:first?secret={SECRET}&issuer=x\notpauth://totp/x:second?secret=MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK&issuer=x\n"
# Of users that every system has.
ALICE, BOB = "daemon", "bin"


def rows(daemon):
    """(words, standard input, whether the first call changes something, whether the second does, their exit statuses)"""
    step = current_step()
    right = {hotp(KEY, step + near) for near in range(-5, 10)}
    wrong = next(text for text in map("{:06}".format, range(99)) if text not in right)
    passphrase = daemon.write("passphrase", "correct horse battery staple\n")
    os.makedirs(daemon.path("root/etc/pam.d"))
    for name, text in (("common-auth", "auth required pam_unix.so\n"), ("cups", "@include common-auth\n")):
        daemon.write(f"root/etc/pam.d/{name}", text)
    stack = f"stack cups --root {daemon.path('root')}"
    uris, backup = daemon.write("uris", URIS), daemon.path("backup")
    return [
        ("config", "", False, False, 0, 0),
        ("config set window 2", "", True, False, 0, 0),
        ("config set ssh false", "", True, False, 0, 0),
        (f"renew --no-confirm --if-none {ALICE}", "", True, False, 0, 0),
        (f"recovery-codes --if-none {ALICE}", "", True, False, 0, 0),
        # What they are for is something new.
        (f"renew --no-confirm {ALICE}", "", True, True, 0, 0),
        (f"recovery-codes {ALICE}", "", True, True, 0, 0),
        (f"status {ALICE}", "", False, False, 0, 0),
        (f"devices {ALICE}", "", False, False, 0, 0),
        ("list", "", False, False, 0, 0),
        (f"rename-device {ALICE} 0 phone", "", True, False, 0, 0),
        ("bypass --list", "", False, False, 0, 0),
        # The second one ends later than the first.
        (f"bypass {ALICE} --for 1h", "", True, True, 0, 0),
        (f"bypass {ALICE} --end", "", True, False, 0, 0),
        ("accept-time", "", False, False, 0, 0),
        ("stale", "", False, False, 0, 0),
        (stack, "", False, False, 0, 0),
        (f"{stack} --write", "", True, False, 0, 0),
        # The system knows whose the old name is.
        (f"rename-user --yes {BOB} {ALICE}", "", False, False, 1, 1),
        ("upkeep", "", False, False, 0, 0),
        # Each call makes a key.
        (f"rekey --key-file {daemon.path('key')}", "", True, True, 0, 0),
        (f"import --format otpauth --user {BOB} --dry-run {uris}", "", False, False, 0, 0),
        (f"import --format otpauth --user {BOB} {uris}", "", True, False, 0, 0),
        (f"verify {BOB}", wrong + "\n", False, False, 1, 1),
        (f"unlock {BOB}", "", True, False, 0, 0),
        # Both codes are used up by the first call.
        (f"resync {BOB} 0", f"{hotp(KEY, step)}\n{hotp(KEY, step + 1)}\n", True, False, 0, 1),
        # A file that is there is left alone.
        (f"backup --passphrase-file {passphrase} {backup}", "", True, False, 0, 1),
        (f"restore --passphrase-file {passphrase} {backup}", "", False, False, 0, 0),
        (f"remove-device --yes {BOB} 1", "", True, False, 0, 0),
        (f"unset --yes {BOB}", "", True, False, 0, 0),
        (f"restore --dry-run --passphrase-file {passphrase} {backup}", "", False, False, 0, 0),
        (f"restore --passphrase-file {passphrase} {backup}", "", True, False, 0, 0),
        # It may find a problem in this machine; it mends none.
        ("doctor", "", False, False, None, None),
        ("help", "", False, False, 0, 0),
    ]


class Repeat(unittest.TestCase):
    maxDiff = None

    def called(self, daemon, words, stdin, changes, status):
        done = daemon.call("--json", *words.split(), stdin=stdin)
        if status is not None:
            self.assertEqual(done.returncode, status, f"{words}\n{done.stdout}{done.stderr}")
        said = json.loads(done.stdout)
        self.assertIs(said["changed"], changes, f"{words}\n{done.stdout}")
        return said

    def test_the_second_call_changes_nothing_more_and_every_call_says_so(self):
        with PrivateDaemon() as daemon:
            table = rows(daemon)
            for words, stdin, first_changes, second_changes, first, second in table:
                self.called(daemon, words, stdin, first_changes, first)
                self.called(daemon, words, stdin, second_changes, second)
        with open(os.environ["WORDS"], encoding="utf-8") as file:
            commands = {line.split("|")[1] for line in file if line.startswith("command|")}
        self.assertEqual({row[0].split()[0] for row in table}, commands)

    def test_an_error_says_that_nothing_was_changed_and_words_that_are_wrong_too(self):
        with PrivateDaemon() as daemon:
            for words, status in (("status nobody-has-this-name", 5), ("unset", 2), ("config set window 11", 2), ("frobnicate", 2)):
                self.assertTrue(self.called(daemon, words, "", False, status)["error"])

    def test_if_none_leaves_the_picture_and_other_devices_alone(self):
        with PrivateDaemon() as daemon:
            picture = daemon.path("alice.png")
            words = f"renew --no-confirm --if-none --png {picture} {ALICE}"
            self.called(daemon, words, "", True, 0)
            with open(picture, "rb") as file:
                before = file.read()
            # The picture that is there is no error, as nothing is written.
            self.called(daemon, words, "", False, 0)
            with open(picture, "rb") as file:
                self.assertEqual(file.read(), before)
            # A device of another label is another one, which needs a first code.
            self.called(daemon, f"renew --if-none --label other {ALICE}", "", False, 1)


if __name__ == "__main__":
    unittest.main()
