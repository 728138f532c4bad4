"""An administrator's ways to let users in, in a booted Debian: a bypass at ssh, to its end and while the daemon is down, and the README's
commands for a rescue shell.

The tests run in the order of their names, on one machine.
"""

import json
import os
import re
import shutil
import subprocess
import time
import unittest

from login_test import COMMON_AUTH, PASSWORD, SSHD_CONFIG
from machine import Machine

FOLDER = "/usr/local/lib/twofactor-tests"
HERE = os.path.dirname(os.path.abspath(__file__))
PAM_DRIVER = "/usr/local/bin/pam_driver"
NOT_ASKED = "WITHOUT-A-CODE"


def rescue_commands():
    """Returns the commands that the README gives for when nobody can log in any more."""
    with open(f"{HERE}/../../README.md", encoding="utf-8") as file:
        section = file.read().split("\n## Getting back in\n")[1].split("\n## ")[0]
    blocks = re.findall(r"(?ms)^```\n(.*?)^```$", section)
    return next(block for block in blocks if "pam_twofactor" in block)


class Bypass(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.machine = machine = Machine(os.environ["TWOFACTOR_PACKAGES"])
        cls.addClassCleanup(machine.remove)
        with open(f"{HERE}/ssh.exp", encoding="utf-8") as file:
            machine.write(f"{FOLDER}/ssh.exp", file.read())
        shutil.copy(os.environ["TWOFACTOR_BUILD"] + "/bin/pam_driver", machine.root + PAM_DRIVER)
        machine.write("/etc/ssh/sshd_config.d/twofactor.conf", SSHD_CONFIG)
        machine.write("/etc/pam.d/common-auth", COMMON_AUTH.format(options=""))
        machine.write("/etc/pam.d/locker", "auth required pam_twofactor.so\nauth required pam_permit.so\n")
        machine.boot()
        machine.run("ssh-keygen -A && systemctl restart ssh")
        for user in ("alice", "bob"):
            machine.run(f"useradd -m -s /bin/bash {user} && echo '{user}:{PASSWORD}' | chpasswd")
            machine.call("user.renew_2fa_secret", user, {})

    # Verbs ------------------------------------------------------------------------------------------------------

    def ctl(self, words, user=None, status=0):
        """Runs twofactorctl --json; returns its object."""
        done = self.machine.run(f"twofactorctl --json {words}", user=user, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def ssh(self, user="alice"):
        """Returns the result of a login with the right password and a wrong code."""
        return self.machine.run(f"expect {FOLDER}/ssh.exp {user} '{PASSWORD}' 000000", check=False).stdout.strip()

    def assert_asked(self, user="alice"):
        self.assertIn("REFUSED: ", self.ssh(user))

    def wait_for_journal(self, text):
        for _ in range(300):
            if text in self.machine.run("journalctl --no-pager -o cat").stdout:
                return
            time.sleep(0.2)
        self.fail(f"the journal never says: {text}")

    def wait_until(self, condition):
        for _ in range(150):
            if condition():
                return
            time.sleep(0.2)
        self.fail("it never happens: " + self.machine.run("systemctl list-units --no-pager", check=False).stdout)

    # Tests ------------------------------------------------------------------------------------------------------

    def test_1_ssh_asks_for_no_code_until_the_bypass_is_taken_back(self):
        self.assert_asked()
        given = self.ctl("bypass alice --for 1h --reason 'lost phone'")
        self.assertTrue(given["changed"])
        self.assertEqual(self.ssh(), NOT_ASKED)
        self.assert_asked("bob")
        self.assertEqual(self.ctl("bypass --list")["bypasses"], [given["bypass"]])
        self.assertEqual(self.ctl("status", user="alice")["bypass"]["reason"], "lost phone")
        self.assertIn("daemon.bypass", json.dumps(self.ctl("doctor", status=self.doctor_status())))
        self.assertTrue(self.ctl("bypass alice --end")["changed"])
        self.assertFalse(self.ctl("bypass alice --end")["changed"])
        self.assert_asked()
        for text in ("user.set_2fa_bypass of uid 0 for alice: success (until ", "reason: lost phone",
                     "user alice: second factor not asked for: an administrator's bypass until ",
                     "the bypass of alice has ended: an administrator took it back"):
            self.wait_for_journal(text)
        ended = self.machine.run("journalctl --no-pager -x -o verbose MESSAGE_ID=b6036a8563140927fca4ea27a0e2e8c9").stdout
        for field in ("TWOFACTOR_USER=alice", "TWOFACTOR_REASON=an administrator took it back"):
            self.assertIn(field, ended)
        explained = self.machine.run("journalctl --no-pager -x MESSAGE_ID=b6036a8563140927fca4ea27a0e2e8c9").stdout
        self.assertIn("An administrator let alice log in without a code.", explained)

    def doctor_status(self):
        return self.machine.run("twofactorctl --json doctor", check=False).returncode

    def test_2_only_administrators_give_one(self):
        self.ctl("bypass alice --for 1h", user="alice", status=4)
        self.ctl("bypass alice --for 25h", status=2)
        self.machine.run("useradd -m carol")
        self.ctl("bypass carol --for 1h", status=1)

    def test_3_it_goes_on_over_a_restart_and_ends_by_itself_with_the_daemon_stopped(self):
        self.ctl("bypass alice --for 30s")
        start = time.monotonic()
        self.machine.run("systemctl restart twofactord.service")
        self.machine.run("systemctl stop twofactord.socket twofactord.service")
        self.assertEqual(self.machine.run("pidof twofactord", check=False).stdout, "")
        self.assertLess(time.monotonic() - start, 25, "too slow a machine to say anything")
        self.assertEqual(self.ssh(), NOT_ASKED)
        time.sleep(max(0.0, start + 31 - time.monotonic()))
        self.assert_asked()
        self.machine.run("systemctl start twofactord.socket twofactord.service")
        self.assertEqual(self.ctl("bypass --list")["bypasses"], [])
        self.assert_asked()

    def test_4_a_host_that_is_not_root_is_told_by_the_daemon(self):
        command = f"{PAM_DRIVER} --confdir /etc/pam.d --service locker --user alice"
        self.ctl("bypass alice --for 1h")
        said = self.machine.run(command, user="alice", stdin="000000\n", check=False).stdout
        self.assertIn("The second factor is off for you until ", said)
        self.assertIn("PAM_SUCCESS", said)
        self.ctl("bypass alice --end")
        self.assertIn("PAM_AUTH_ERR", self.machine.run(command, user="alice", stdin="000000\n", check=False).stdout)

    def test_5_the_user_renews_meanwhile_without_a_code_and_is_asked_again(self):
        self.ctl("renew --no-confirm --no-qr", user="alice", status=4)
        self.ctl("bypass alice --for 1h")
        self.assertTrue(self.ctl("renew --no-confirm --no-qr", user="alice")["changed"])
        self.assert_asked()
        self.wait_for_journal("the bypass of alice has ended: the user has a new secret")

    def test_6_it_goes_on_over_a_reboot(self):
        self.ctl("bypass alice --for 1h")
        self.machine.reboot()
        self.assertEqual(self.ssh(), NOT_ASKED)
        self.ctl("bypass alice --end")
        self.assert_asked()

    def test_7_the_rescue_shell_lets_everybody_in_with_passwords_alone(self):
        self.machine.run("systemctl isolate rescue.target")
        self.wait_until(lambda: self.machine.run("systemctl is-active rescue.target ssh.service twofactord.service",
                                                 check=False).stdout.split() == ["active", "inactive", "inactive"])
        with open(self.machine.root + "/etc/pam.d/sshd", "a", encoding="ascii") as sshd:
            sshd.write("auth required pam_twofactor.so\n")
        self.machine.run(rescue_commands())
        self.machine.run("systemctl isolate multi-user.target --no-block")
        self.wait_until(lambda: self.machine.run("systemctl is-active ssh", check=False).stdout.strip() == "active")
        self.assertEqual(self.ssh(), NOT_ASKED)
        stacks = subprocess.run(["grep", "-r", "^[^#]*pam_twofactor", self.machine.root + "/etc/pam.d"],
                                text=True, capture_output=True, check=False).stdout
        self.assertEqual(stacks, "")


if __name__ == "__main__":
    unittest.main(verbosity=2, failfast=True)
