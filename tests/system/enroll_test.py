"""A first secret at a login, and logins that are not asked again, on a real system with its own sshd, login, sudo and su.

The tests read the terminal: the secret goes to oathtool, the QR code to zbarimg. Nobody waits for the next code, because the window accepts
the following one.
"""

import os
import re
import subprocess
import tempfile
import time
import unittest

from machine import Machine

PASSWORD = "correct horse"
COMMON_AUTH = """auth [success=1 default=ignore] pam_unix.so nullok
auth requisite pam_deny.so
auth required pam_permit.so
auth required pam_twofactor.so {options}
"""
SSHD_CONFIG = """UsePAM yes
KbdInteractiveAuthentication yes
PasswordAuthentication no
MaxAuthTries 20
"""
SSH = ("ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
       " -o PreferredAuthentications=keyboard-interactive -o NumberOfPasswordPrompts=1 {user}@127.0.0.1 echo in:{user}")
USERS = ("anna", "bert", "cora", "dirk", "emma", "finn", "gina", "hugo")
FOLDER = "/usr/local/lib/twofactor-tests"


def picture_of(text):
    """Returns the lines of half blocks in `text`, as rows of characters."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    return [line for line in lines if line and set(line) <= set("█▀▄ ") and "█" in line + "▀"]


def scan(lines):
    """Returns what zbarimg reads from half blocks of which the drawn ones are light."""
    scale = 4
    rows = []
    for line in lines:
        for blocks in ("█▀", "█▄"):
            row = b"".join((b"\xff" if character in blocks else b"\0") * scale for character in line)
            rows += [row] * scale
    width = max(len(row) for row in rows)
    pixels = b"".join(row.ljust(width, b"\0") for row in rows)
    with tempfile.NamedTemporaryFile(suffix=".pgm") as file:
        file.write(f"P5 {width} {len(rows)} 255\n".encode() + pixels)
        file.flush()
        return subprocess.run(["zbarimg", "-q", "--raw", file.name], check=False, capture_output=True,
                              text=True).stdout.strip()


class Enroll(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.machine = machine = Machine(os.environ["TWOFACTOR_PACKAGES"])
        cls.addClassCleanup(machine.remove)
        machine.put_talk("talk.exp", FOLDER)
        machine.write("/etc/ssh/sshd_config.d/twofactor.conf", SSHD_CONFIG)
        machine.write("/etc/sudoers.d/test", "ALL ALL=(ALL) ALL\nDefaults timestamp_timeout=0, passwd_tries=1\n", 0o440)
        machine.boot()
        machine.run("ssh-keygen -A && systemctl restart ssh && " + " && ".join(
            f"useradd -m -s /bin/bash {user}" for user in USERS))
        machine.run("chpasswd", stdin="".join(f"{user}:{PASSWORD}\n" for user in USERS))

    # Verbs ------------------------------------------------------------------------------------------------------

    def options(self, options):
        self.machine.write("/etc/pam.d/common-auth", COMMON_AUTH.format(options=options))

    def talk(self, command, answers="", user=None):
        return self.machine.run(f"expect {FOLDER}/talk.exp '{PASSWORD}' '{answers}' {command}", user=user,
                                check=False).stdout

    def ssh(self, user, answers=""):
        return self.talk(SSH.format(user=user), answers)

    def is_enrolled(self, user):
        return self.machine.call("user.twofactor_config", user)["result"]["secret_configured"]

    def next_code(self, talk):
        """Returns the code of the following step for the secret that was shown in `talk`."""
        secret = re.search(r"Secret: ([A-Z2-7 ]+)", talk).group(1).replace(" ", "")
        return self.machine.run(f"oathtool --totp --base32 --now '@{int(time.time()) + 30}' -", stdin=secret).stdout.strip()

    # Tests ------------------------------------------------------------------------------------------------------

    def test_01_ssh_shows_the_secret_and_its_first_code_enrolls(self):
        self.options("enroll=required")
        talk = self.ssh("anna", "first")
        self.assertIn("in:anna", talk)
        self.assertTrue(self.is_enrolled("anna"))
        lines = picture_of(talk)
        self.assertGreater(len(lines), 15, talk)
        self.assertLessEqual(max(len(line) for line in lines), 80)
        secret = re.search(r"Secret: ([A-Z2-7 ]+)", talk).group(1).replace(" ", "")
        self.assertRegex(scan(lines), rf"^otpauth://totp/.*anna.*[?&]secret={secret}(&|$)")
        # From now on logins ask only for a code, and the first one is used.
        again = self.ssh("anna", self.next_code(talk))
        self.assertIn("in:anna", again)
        self.assertNotIn("Secret:", again)
        code = self.machine.run("oathtool --totp --base32 -", stdin=secret).stdout.strip()
        self.assertNotIn("in:anna", self.ssh("anna", code))

    def test_02_a_terminal_shows_it_too(self):
        self.options("enroll=required digits=8")
        talk = self.talk("su bert -c 'echo in:$(whoami)'", "first", user="anna")
        # oathtool makes six digits by default, and the test wants eight.
        self.assertNotIn("in:bert", talk)
        self.assertIn("8 digits", talk)
        self.options("enroll=required no_qr")
        talk = self.talk("su bert -c 'echo in:$(whoami)'", "000000 first", user="anna")
        self.assertIn("in:bert", talk)
        self.assertIn("not a current code of the new secret", talk)
        self.assertEqual(picture_of(talk), [])
        self.assertTrue(self.is_enrolled("bert"))

    def test_03_declining_is_the_options_matter(self):
        self.options("enroll=optional")
        self.assertIn("in:cora", self.ssh("cora", "blank"))
        self.assertIn("in:root", self.talk("sudo -k sh -c 'echo in:$(whoami)'", "blank", user="cora"))
        self.options("enroll=required")
        self.assertNotIn("in:cora", self.ssh("cora", "blank"))
        self.assertNotIn("in:cora", self.ssh("cora", "000000 111111 222222 333333"))
        self.assertFalse(self.is_enrolled("cora"))

    def test_04_days_are_counted_from_the_first_time_and_sudo_which_is_silent_has_them_too(self):
        sudo = "sudo -k sh -c 'echo in:$(whoami)'"
        self.options("enroll=required:2")
        self.assertIn("in:root", self.talk(sudo, user="hugo"))
        talk = self.ssh("hugo", "blank")
        self.assertIn("there are 2 days left", talk)
        self.assertIn("in:hugo", talk)
        self.machine.run("systemctl stop twofactord.socket twofactord.service && sqlite3 /var/lib/twofactor/vault.sqlite"
                         " 'UPDATE enrollment SET first_asked = first_asked - 172800' && systemctl start twofactord.socket")
        self.assertNotIn("in:root", self.talk(sudo, user="hugo"))
        self.assertNotIn("in:hugo", self.ssh("hugo", "blank"))
        self.assertIn("in:hugo", self.ssh("hugo", "first"))

    def test_05_what_breaks_halfway_changes_nothing(self):
        self.options("enroll=required")
        self.assertIn("KILLED", self.ssh("dirk", "kill"))
        self.assertFalse(self.is_enrolled("dirk"))
        self.assertNotIn("in:dirk", self.ssh("dirk", "restart"))
        self.assertFalse(self.is_enrolled("dirk"))
        self.options("enroll=optional")
        self.assertIn("in:dirk", self.ssh("dirk", "restart"))
        self.assertFalse(self.is_enrolled("dirk"))

    def test_06_without_a_daemon_optional_lets_in_and_required_does_not(self):
        self.machine.run("systemctl stop twofactord.socket twofactord.service")
        try:
            self.options("enroll=required")
            self.assertNotIn("in:dirk", self.ssh("dirk"))
            self.options("enroll=optional")
            self.assertIn("in:dirk", self.ssh("dirk"))
        finally:
            self.machine.run("systemctl start twofactord.socket twofactord.service")

    def test_07_a_wrong_password_gets_no_secret(self):
        self.options("enroll=optional")
        talk = self.machine.run(f"expect {FOLDER}/talk.exp wrong first {SSH.format(user='dirk')}", check=False).stdout
        self.assertNotIn("Secret:", talk)
        self.assertFalse(self.is_enrolled("dirk"))

    def test_08_ssh_from_the_same_host_is_not_asked_again(self):
        self.options("enroll=required grace_period=600")
        talk = self.ssh("emma", "first")
        self.assertIn("in:emma", talk)
        again = self.ssh("emma")
        self.assertIn("in:emma", again)
        self.assertNotIn("erification code", again)
        # Another terminal is another place.
        self.assertIn("ASKED AGAIN", self.talk("sudo -k echo in", user="emma"))
        self.machine.run("systemctl restart twofactord")
        self.assertIn("ASKED AGAIN", self.ssh("emma"))

    def test_09_sudo_in_the_same_terminal_is_not_asked_again(self):
        self.options("enroll=required grace_period=600")
        self.machine.write("/usr/local/bin/twice", "sudo -k echo in:one\nsudo -k echo in:two\n", 0o755)
        # sudo is silent, so it shows no secret.
        code = self.next_code(self.ssh("finn", "first"))
        talk = self.talk("sh /usr/local/bin/twice", code, user="finn")
        self.assertIn("in:one", talk)
        self.assertIn("in:two", talk)
        self.assertEqual(talk.count("erification code: "), 1)
        self.machine.write("/usr/local/bin/elsewhere",
                           "sudo -k echo in:one\nscript -qc 'sudo -k echo in:two' /dev/null\n", 0o755)
        code = self.next_code(self.ssh("gina", "first"))
        talk = self.talk("sh /usr/local/bin/elsewhere", code, user="gina")
        self.assertIn("in:one", talk)
        self.assertIn("ASKED AGAIN", talk)

    def test_10_the_journal_says_what_was_decided_and_no_secret(self):
        journal = self.machine.run("journalctl --no-pager -o cat").stdout
        for line in ("user anna: enrolled, and second factor accepted",
                     "user cora: has no second factor, did not enroll, and enroll=optional lets in",
                     "user hugo: has no second factor, did not enroll, and is let in without one for 2 days more",
                     "user emma: second factor not asked for again: grace_period, for host:127.0.0.1",
                     "user finn: second factor not asked for again: grace_period, for tty:pts/"):
            self.assertIn(line, journal)
        self.assertNotIn("secret=", journal)

    def test_11_login_shows_it_on_its_terminal(self):
        self.options("enroll=required")
        self.machine.write("/usr/local/bin/hello", "#!/bin/sh\necho in:$(id -un)\n", 0o755)
        self.machine.run("useradd -m -s /usr/local/bin/hello ida")
        self.machine.run("chpasswd", stdin=f"ida:{PASSWORD}\n")
        talk = self.talk("login ida", "first")
        self.assertIn("in:ida", talk)
        self.assertGreater(len(picture_of(talk)), 15, talk)
        self.assertTrue(self.is_enrolled("ida"))
        self.assertIn("in:ida", self.talk("login ida", self.next_code(talk)))


if __name__ == "__main__":
    unittest.main(verbosity=2, failfast=True)
