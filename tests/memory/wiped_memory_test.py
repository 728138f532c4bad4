"""What the daemon needs no more is not in its memory any more: secrets that were shown once or are replaced, codes, recovery codes, passphrases."""

import base64
import json
import os
import subprocess
import time
import unittest

from one_time_codes import hotp, secret_of
from private_daemon import PrivateDaemon
from process_memory import find

HOTP_SECRET = b"98765432109876543210"
PASSPHRASE = "a passphrase that is nowhere else"
SECONDS = 10


class WipedMemory(unittest.TestCase):
    def setUp(self):
        self.daemon = self.enterContext(PrivateDaemon())
        self.needles = {}

    def call(self, *words, **options):
        done = self.daemon.call("--json", *words, **options)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def note_secret(self, name, secret):
        self.needles[name] = secret
        self.needles[f"{name} in base32"] = base64.b32encode(secret).rstrip(b"=")

    def renew(self, name):
        self.note_secret(name, secret_of(self.call("renew", "--no-confirm", "games")))

    def log_in(self, typed):
        os.makedirs(self.daemon.path("pam.d"), exist_ok=True)
        self.daemon.write("pam.d/door", f"auth required {os.environ['TWOFACTOR_MODULE']} run_dir={self.daemon.path('run')}\n")
        host = subprocess.run([os.environ["PAM_DRIVER"], "--confdir", self.daemon.path("pam.d"), "--service", "door", "--user", "bin"],
                              input=typed + "\n", text=True, capture_output=True, check=False, timeout=60)
        self.assertEqual(host.returncode, 0, host.stdout)
        # Where a number of six digits is by chance is not where a code is.
        self.needles[f"code {typed}"] = f'"{typed}"'.encode()

    def assert_nothing_found(self):
        deadline = time.monotonic() + SECONDS
        # What belongs to a connection goes when the daemon has seen its end.
        while (found := find(self.daemon.pid, self.needles)) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(found, {})

    def test_the_scan_sees_what_is_there(self):
        self.renew("secret in force")
        self.assertEqual(list(find(self.daemon.pid, self.needles)), ["secret in force"])

    def test_renewed_secrets_and_those_of_nobody_any_more(self):
        for time_ in range(5):
            self.renew(f"secret {time_}")
        self.call("unset", "--yes", "games")
        self.assert_nothing_found()

    def test_codes_and_recovery_codes(self):
        users = self.daemon.write("users.oath", f"HOTP bin - {HOTP_SECRET.hex()} 0\n")
        self.call("import", users)
        for counter in range(3):
            self.log_in(hotp(HOTP_SECRET, counter))
        recovery = json.loads(self.call("recovery-codes", "bin"))["recovery_codes"]
        self.log_in(recovery[0])
        for code in recovery:
            self.needles[f"recovery code {code}"] = code.encode()
            self.needles[f"recovery code {code} without lines"] = code.replace("-", "").encode()
        self.note_secret("secret of HOTP", HOTP_SECRET)
        self.needles["secret of HOTP in hex"] = HOTP_SECRET.hex().encode()
        self.assert_nothing_found()

    def test_passphrases_and_what_they_seal(self):
        self.call("import", self.daemon.write("users.oath", f"HOTP bin - {HOTP_SECRET.hex()} 0\n"))
        passphrase = self.daemon.write("passphrase", PASSPHRASE + "\n")
        backup = self.daemon.path("backup")
        self.call("backup", backup, "--passphrase-file", passphrase)
        self.call("restore", backup, "--passphrase-file", passphrase, "--replace")
        self.needles["passphrase"] = PASSPHRASE.encode()
        self.note_secret("secret of HOTP", HOTP_SECRET)
        self.assert_nothing_found()


if __name__ == "__main__":
    unittest.main()
