"""A backup of one machine, restored on another: the next code and a recovery code open ssh there, used ones do not."""

import os
import re
import shutil
import time
import unittest

from machine import Machine

PASSWORD = "correct horse"
PASSPHRASE = "six random words are a passphrase"
INTERVAL = 5  # Seconds, so that nobody waits long for the next code.
BACKUP = "/root/twofactor.backup"
COMMON_AUTH = """auth [success=1 default=ignore] pam_unix.so
auth requisite pam_deny.so
auth required pam_permit.so
auth required pam_twofactor.so
"""
SSHD_CONFIG = """UsePAM yes
KbdInteractiveAuthentication yes
PasswordAuthentication no
"""


class BootedSystem(unittest.TestCase):
    def setUp(self):
        self.machine = Machine(os.environ["TWOFACTOR_PACKAGES"])
        self.addCleanup(self.machine.remove)

    def set_up(self, machine, uid):
        here = os.path.dirname(os.path.abspath(__file__))
        with open(f"{here}/ssh.exp", encoding="utf-8") as file:
            machine.write("/usr/local/lib/twofactor-tests/ssh.exp", file.read())
        machine.write("/etc/ssh/sshd_config.d/twofactor.conf", SSHD_CONFIG)
        machine.write("/etc/pam.d/common-auth", COMMON_AUTH)
        machine.boot()
        machine.run("ssh-keygen -A && systemctl restart ssh")
        machine.run(f"useradd -m -u {uid} -s /bin/bash alice && echo 'alice:{PASSWORD}' | chpasswd")

    def state_of_the_daemon(self, machine):
        return machine.run("systemctl --no-pager status 'twofactor*'; systemctl --no-pager list-jobs;"
                           " journalctl --no-pager -b -o short-monotonic | tail -60", check=False).stdout

    def code(self, machine, moment):
        return machine.run(f"oathtool --totp --base32 --time-step-size {INTERVAL} --now '@{int(moment)}' -",
                           stdin=self.secret).stdout.strip()

    def ssh(self, machine, code):
        return machine.run(f"expect /usr/local/lib/twofactor-tests/ssh.exp alice '{PASSWORD}' '{code}'",
                           check=False).stdout.strip()

    def wait_for_a_fresh_step(self, restored):
        """Waits for a step that a restore at that moment does not reject, and not for its end."""
        closed = int(restored // INTERVAL) + 3
        while time.time() // INTERVAL <= closed or time.time() % INTERVAL > 1:
            time.sleep(0.1)
        return time.time()

    def test_what_is_unused_opens_on_the_other_machine_and_what_is_used_does_not(self):
        old = self.machine
        self.set_up(old, 1500)
        entry = old.call("user.renew_2fa_secret", "alice", {"interval": INTERVAL})["result"]
        self.secret = re.search(r"secret=([A-Z2-7]+)", entry["twofactor_config"]["provisioning_uri"]).group(1)
        recovery = old.call("user.renew_recovery_codes", "alice")["result"]["recovery_codes"]
        used = self.code(old, time.time())
        self.assertEqual(self.ssh(old, used), "LOGGED-IN")
        self.assertEqual(self.ssh(old, recovery[0]), "LOGGED-IN")
        old.run(f"twofactorctl backup {BACKUP}", stdin=PASSPHRASE + "\n")
        self.assertEqual(old.run(f"stat -c '%U %a' {BACKUP}").stdout, "root 600\n")
        again = old.run(f"twofactorctl backup {BACKUP}", stdin=PASSPHRASE + "\n", check=False)
        self.assertEqual(again.returncode, 1)
        denied = old.run("twofactorctl backup /tmp/mine", user="alice", stdin=PASSPHRASE + "\n", check=False)
        self.assertEqual(denied.returncode, 4)
        self.assertEqual(old.run("ls /tmp/mine*", check=False).stdout, "")

        new = Machine(os.environ["TWOFACTOR_PACKAGES"])
        self.addCleanup(new.remove)
        shutil.copyfile(old.root + BACKUP, new.root + BACKUP)
        old.stop()
        self.set_up(new, 1600)
        wrong = new.run(f"twofactorctl restore {BACKUP}", stdin="wrong\n", check=False)
        self.assertEqual(wrong.returncode, 1, f"{wrong}\n{self.state_of_the_daemon(new)}")
        done = new.run(f"twofactorctl restore {BACKUP}", stdin=PASSPHRASE + "\n")
        restored = time.time()
        self.assertIn("1 user was restored", done.stdout)
        self.assertIn("REFUSED", self.ssh(new, used))
        self.assertIn("REFUSED", self.ssh(new, recovery[0]))
        self.assertEqual(self.ssh(new, recovery[1]), "LOGGED-IN")
        now = self.wait_for_a_fresh_step(restored)
        self.assertEqual(self.ssh(new, self.code(new, now)), "LOGGED-IN")
        self.assertIn("REFUSED", self.ssh(new, self.code(new, now)))
        done = new.run(f"twofactorctl restore {BACKUP}", stdin=PASSPHRASE + "\n")
        self.assertIn("0 users were restored", done.stdout)
        # Codes of a list and of a secret that were replaced since the backup stay used.
        new.call("user.renew_recovery_codes", "alice")
        new.call("user.renew_2fa_secret", "alice", {})
        done = new.run(f"twofactorctl restore --replace {BACKUP}", stdin=PASSPHRASE + "\n")
        self.assertIn("1 user was restored", done.stdout)
        self.assertIn("REFUSED", self.ssh(new, self.code(new, now)))
        self.assertIn("REFUSED", self.ssh(new, recovery[0]))
        self.assertIn("REFUSED", self.ssh(new, recovery[1]))
        self.assertEqual(self.ssh(new, recovery[2]), "LOGGED-IN")


if __name__ == "__main__":
    unittest.main()
