"""Runs the README's guide on a fresh machine: every command exactly as printed, from the installation to the login, and to the login after the purge."""

import os
import re
import textwrap
import time
import unittest

from machine import Machine
from terminal import PROMPT, Terminal

PASSWORD = "correct horse"
STEP = 30
SOURCES = "/root/twofactor"
SECRET = re.compile(r"New secret:\s+((?:[A-Z2-7]{1,4}\s+)+)")
LOGGED_IN = r"in:(127\.0\.0\.1|::1) "
HOST_KEY = (r"continue connecting.*\? ", "yes")


def blocks(section):
    """Returns the commands of a section of the README, one text per block."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../README.md")
    with open(path, encoding="utf-8") as file:
        text = file.read().split(f"\n## {section}\n")[1].split("\n## ")[0]
    return [textwrap.dedent(block).strip() for block in re.findall(r"(?ms)^ *```\n(.*?)^ *```$", text)]


class Readme(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.machine = machine = Machine(os.environ["TWOFACTOR_PACKAGES"], installed=False)
        cls.addClassCleanup(machine.remove)
        machine.boot()
        machine.run("ssh-keygen -A && systemctl restart ssh")
        machine.run(f"useradd -m -s /bin/bash alice && echo 'alice:{PASSWORD}' | chpasswd")
        # The result of packaging/build-packages, the first command of the guide.
        machine.run(f"mkdir -p {SOURCES}/build && ln -s {Machine.PACKAGES_FOLDER} {SOURCES}/build/packages")

    def code(self, secret, step):
        return self.machine.run(f"oathtool --totp --base32 --now @{step * STEP} -", stdin=secret).stdout.strip()

    def test_the_guide_leads_to_a_login_with_a_code_and_the_purge_to_one_without(self):
        build, enroll, enable, sshd, login, alone = blocks("Five minutes to a code at ssh")
        build, install = build.splitlines()
        enroll, recovery = enroll.splitlines()
        self.assertEqual([build, enroll, recovery, enable, login],
                         ["packaging/build-packages", "twofactorctl renew", "twofactorctl recovery-codes",
                          "pam-auth-update --enable twofactor", "ssh localhost"])
        self.assertIn("pam_twofactor.so", alone)
        purge, = blocks("Removing it")
        with Terminal(self.machine) as root, Terminal(self.machine, "alice") as alice:
            root.run(f"cd {SOURCES}")
            root.run(install)
            self.succeeded(root)
            secret = self.enroll(alice, enroll)
            # A current code is the proof; that of the next step opens the login.
            step = int(time.time() // STEP)
            shown = alice.run(recovery, [("recovery code: ", self.code(secret, step))])
            self.assertEqual(len(re.findall(r"(?m)\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b", shown)), 10)
            self.succeeded(alice)
            root.run(enable)
            self.succeeded(root)
            for command in re.split(r"\n(?=systemctl|twofactorctl)", sshd):
                root.run(command)
                self.succeeded(root)
            step = max(step, int(time.time() // STEP) - 1) + 1
            shown = alice.run(login, [HOST_KEY, ("assword: ", PASSWORD), ("erification code: ", self.code(secret, step)),
                                      (r"\$ ", "echo in:$SSH_CONNECTION; exit")])
            self.assertRegex(shown, LOGGED_IN)
            root.run(purge, [(r"\[Y/n\] ", "y"), ("Type yes", "yes")])
            self.succeeded(root)
            shown = alice.run(login, [("assword: ", PASSWORD), (r"\$ ", "echo in:$SSH_CONNECTION; exit")])
            self.assertRegex(shown, LOGGED_IN)
            self.assertNotIn("erification", shown)

    def enroll(self, terminal, command):
        """Runs the enrollment. Returns the secret, as read from the terminal; the code of the last step is then used."""
        secret = ""

        def first_code():
            return self.code(secret, int(time.time() // STEP) - 1)

        terminal.type(command)
        shown = terminal.until("your app shows now: ")
        secret = SECRET.search(shown).group(1)
        secret = "".join(secret.split())
        terminal.type(first_code())
        terminal.until(PROMPT)
        self.succeeded(terminal)
        return secret

    def succeeded(self, terminal):
        self.assertRegex(terminal.run("echo status:$?"), r"\nstatus:0\r")


if __name__ == "__main__":
    unittest.main(verbosity=2)
