"""Runs the manual pages' examples in a booted Debian, each block exactly as its page prints it. A block that no test runs is an error.

The tests run in the order of their names, on one machine.
"""

import os
import re
import time
import unittest

from machine import Machine
from terminal import PROMPT, Terminal

PAGES = os.path.dirname(os.path.abspath(__file__)) + "/../../docs/man"
FOLDER = "/usr/local/lib/twofactor-tests"
PASSWORD = "correct horse"
PASSPHRASE = "correct horse battery staple"
STEP = 30
SECRET = re.compile(r"New secret:\s+((?:[A-Z2-7]{1,4}\s+)+)")
SSH = ("ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
       " -o PreferredAuthentications=publickey,keyboard-interactive -o NumberOfPasswordPrompts=1 {user}@127.0.0.1 echo in:{user}")
GOOGLE = "2SH3V3GDW7ZNMGYE\n\" RATE_LIMIT 3 30\n\" WINDOW_SIZE 17\n\" DISALLOW_REUSE\n\" TOTP_AUTH\n"
# An example that shows its output.
SHOWN = re.compile(r"(?m)^([$#]) ((?:.*\|\n)*.*)\n((?:(?![$#] ).*\n)*)")
# Read by tests/papers, which needs no machine.
READ_ELSEWHERE = "twofactord.conf.5"


def examples():
    """Returns {page: its blocks}, in the order of the page."""
    found = {}
    for name in sorted(os.listdir(PAGES)):
        with open(f"{PAGES}/{name}", encoding="utf-8") as file:
            blocks = re.findall(r"(?ms)^```\n(.*?)^```$", file.read())
        found[name.removesuffix(".scd")] = [re.sub(r"\\(.)", r"\1", block) for block in blocks]
    return found


class Manual(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.left = examples()
        cls.machine = machine = Machine(os.environ["TWOFACTOR_PACKAGES"])
        cls.addClassCleanup(machine.remove)
        machine.put_talk("talk.exp", FOLDER)
        machine.write("/etc/sudoers.d/test", "ALL ALL=(ALL) ALL\nDefaults timestamp_timeout=0, passwd_tries=1\n", 0o440)
        machine.boot()
        machine.run("ssh-keygen -A && systemctl restart ssh")
        for user in ("alice", "bert", "cora"):
            machine.run(f"useradd -m -s /bin/bash {user} && echo '{user}:{PASSWORD}' | chpasswd")
        machine.run("umask 077; cat >~cora/.google_authenticator && chown cora: ~cora/.google_authenticator", stdin=GOOGLE)

    # Verbs ------------------------------------------------------------------------------------------------------

    def take(self, page, start):
        """Returns the next block of the page, which must begin with `start`."""
        self.assertTrue(self.left[page], f"{page} has no more")
        block = self.left[page].pop(0)
        self.assertTrue(block.startswith(start), block)
        return block

    def code(self, secret, steps=0):
        # The code of the last step would expire if the next one began now.
        while steps < 0 and time.time() % STEP > STEP - 8:
            time.sleep(0.2)
        return self.machine.run(f"oathtool --totp --base32 --now @{int(time.time()) + steps * STEP} -", stdin=secret).stdout.strip()

    def hotp(self, secret, counter):
        return self.machine.run(f"oathtool --hotp --base32 --counter {counter} -", stdin=secret).stdout.strip()

    def fresh_code(self, user="alice"):
        """Returns a code of a new secret, so that it was never used."""
        entry = self.machine.call("user.renew_2fa_secret", user, {})["result"]
        return self.code(re.search(r"secret=([A-Z2-7]+)", str(entry)).group(1))

    def type(self, terminal, command, answers=()):
        """Types one command of a block, which must succeed."""
        shown = terminal.run(command, answers)
        self.assertRegex(terminal.run("echo status:$?"), r"\nstatus:0\r", shown)
        return shown

    def enroll(self, terminal, command, answers, code):
        """Types a renewal; `code` makes the first code from the secret that is shown. Returns the secret."""
        terminal.type(command)
        for question, answer in answers:
            terminal.until(question)
            terminal.type(answer)
        secret = "".join(SECRET.search(terminal.until("your app shows now: ")).group(1).split())
        terminal.type(code(secret))
        terminal.until(PROMPT)
        self.assertRegex(terminal.run("echo status:$?"), r"\nstatus:0\r")
        return secret

    def talk(self, command, answers="", user=None):
        return self.machine.run(f"expect {FOLDER}/talk.exp '{PASSWORD}' '{answers}' {command}", user=user, check=False).stdout

    def ssh_needs_a_code(self):
        self.assertIn("in:alice", self.talk(SSH.format(user="alice"), self.fresh_code()))
        self.assertNotIn("in:alice", self.talk(SSH.format(user="alice"), "000000"))

    def put(self, service, block):
        """Puts the block in place of its first line in the service's file, which contains that line."""
        path = f"/etc/pam.d/{service}"
        with open(self.machine.root + path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("@include common-auth\n", text)
        self.addCleanup(self.machine.write, path, text)
        self.machine.write(path, text.replace("@include common-auth\n", block, 1))

    # Tests ------------------------------------------------------------------------------------------------------

    def test_1_twofactorctl(self):
        page = "twofactorctl.1"
        gone = self.take(page, "journalctl ")
        self.machine.run("twofactorctl upkeep && journalctl --sync")
        self.assertIn("upkeep", self.machine.run(gone).stdout)
        renew, recovery = self.take(page, "twofactorctl renew\n").splitlines()
        with Terminal(self.machine, "alice") as alice, Terminal(self.machine) as root:
            secret = self.enroll(alice, renew, (), lambda secret: self.code(secret, -1))
            shown = self.type(alice, recovery, [("recovery code: ", lambda: self.code(secret))])
            self.assertEqual(len(re.findall(r"(?m)\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b", shown)), 10)
            key = self.take(page, "twofactorctl renew --label key").strip()
            self.enroll(alice, key, [("recovery code: ", self.code(secret, 1))], lambda secret: self.hotp(secret, 0))
            self.type(root, self.take(page, "twofactorctl unset").strip(), [(r"\(yes/no\) ", "yes")])
            self.assertFalse(self.machine.call("user.twofactor_config", "alice")["result"]["secret_configured"])
            bypass, end = self.take(page, "twofactorctl bypass").splitlines()
            self.machine.call("user.renew_2fa_secret", "alice", {})
            self.assertIn("(phone at home)", self.type(root, bypass))
            self.assertIn("ask for a code again", self.type(root, end))
            # Only the setup is incomplete: the command succeeds either way, and the second way logs a line.
            self.type(root, self.take(page, "twofactorctl doctor").strip())
            backup, restore = self.take(page, "twofactorctl backup").splitlines()
            self.type(root, backup, [("of the backup: ", PASSPHRASE), ("Repeat the passphrase: ", PASSPHRASE)])
            self.type(root, restore, [("of the backup: ", PASSPHRASE)])
            made, kept = self.take(page, "twofactorctl --json renew").splitlines()
            self.assertIn('"changed":true', self.type(root, made).replace(" ", ""))
            self.assertIn('"changed":false', self.type(root, kept).replace(" ", ""))
            self.machine.run("file=/root/alice.png; [ $(stat -c %a $file) = 600 ] && [ $(head -c 4 $file | tail -c 3) = PNG ]")
            tried, done = self.take(page, "twofactorctl import").splitlines()
            self.assertIn("cora", self.type(root, tried))
            self.assertFalse(self.machine.call("user.twofactor_config", "cora")["result"]["secret_configured"])
            self.type(root, done)
            self.assertTrue(self.machine.call("user.twofactor_config", "cora")["result"]["secret_configured"])

    def test_2_twofactord(self):
        page = "twofactord.8"
        with Terminal(self.machine) as root:
            renewals = self.take(page, "journalctl _SYSTEMD_UNIT=twofactord.service TWOFACTOR_METHOD=user.renew_2fa_secret")
            self.machine.run("journalctl --sync")
            self.assertIn("alice", self.machine.run(renewals).stdout)
            for line in self.take(page, "twofactord --check-config\n").splitlines():
                self.type(root, line)
            status, journal = self.take(page, "systemctl status").splitlines()
            # Not in the terminal, where they would open a pager.
            self.assertIn("enrolled", self.machine.run(status).stdout)
            self.assertIn("twofactord", self.machine.run(journal).stdout)
            self.assertIn("new key", self.type(root, self.take(page, "twofactorctl rekey").strip()))

    def test_3_twofactor_api(self):
        page = "twofactor-api.7"
        while self.left[page]:
            block = self.take(page, ("$ ", "# "))
            told = SHOWN.findall(block)
            self.assertEqual("".join(f"{who} {command}\n{shown}" for who, command, shown in told), block)
            for who, command, shown in told:
                pattern = ".*".join(map(re.escape, shown.split("…")))
                self.assertRegex(self.machine.run(command, user="alice" if who == "$" else None).stdout, rf"\A{pattern}\Z")

    def test_4_pam_twofactor(self):
        page = "pam_twofactor.8"
        enable = self.take(page, "pam-auth-update --enable")
        by_hand = self.take(page, "auth [success=1")
        alone = self.take(page, "@include common-auth\nauth required pam_twofactor.so nullok")
        days = self.take(page, "@include common-auth\nauth required pam_twofactor.so enroll=")
        grace = self.take(page, "@include common-auth\nauth required pam_twofactor.so grace_period=")
        sshd = self.take(page, "UsePAM yes\n")
        with_keys = self.take(page, "AuthenticationMethods ")
        refused = self.take(page, "journalctl _UID=0 TWOFACTOR_OUTCOME=")
        verified = self.take(page, "journalctl _SYSTEMD_UNIT=twofactord.service TWOFACTOR_METHOD=pam.verify")
        self.machine.write("/etc/ssh/sshd_config.d/manual.conf", sshd)
        self.machine.run("sshd -t && systemctl restart ssh")
        with self.subTest("on Debian"):
            self.machine.run(enable)
            self.ssh_needs_a_code()
            self.machine.run("pam-auth-update --disable twofactor")
        with self.subTest("by hand"):
            with open(self.machine.root + "/etc/pam.d/common-auth", encoding="utf-8") as file:
                self.addCleanup(self.machine.write, "/etc/pam.d/common-auth", before := file.read())
            self.machine.write("/etc/pam.d/common-auth", by_hand)
            self.ssh_needs_a_code()
            self.machine.write("/etc/pam.d/common-auth", before)
        with self.subTest("sudo"):
            self.put("sudo", grace)
            with Terminal(self.machine, "alice") as alice:
                self.type(alice, "sudo -k id -u", [("assword", PASSWORD), ("erification code: ", self.fresh_code())])
                self.assertNotIn("erification", self.type(alice, "sudo -k id -u", [("assword", PASSWORD)]))
        self.assertIn("in:alice", self.talk(SSH.format(user="alice")))
        self.put("sshd", alone)
        with self.subTest("sshd"):
            self.ssh_needs_a_code()
            self.assertIn("in:bert", self.talk(SSH.format(user="bert")))
        with self.subTest("keys"):
            self.machine.write("/etc/ssh/sshd_config.d/manual.conf", sshd + with_keys)
            self.machine.run("sshd -t && systemctl restart ssh && mkdir -pm 700 /root/.ssh && ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519"
                             " && install -o alice -m 700 -d ~alice/.ssh && cat /root/.ssh/*.pub >~alice/.ssh/authorized_keys")
            self.ssh_needs_a_code()
        self.machine.write("/etc/pam.d/sshd", self.read("/etc/pam.d/sshd").replace(alone, days))
        with self.subTest("days"):
            self.assertIn("there are 14 days left", talk := self.talk(SSH.format(user="bert"), "blank"))
            self.assertIn("in:bert", talk)
        self.machine.call("pam.verify", "alice", int(self.machine.run("id -u alice").stdout), "swaylock", ["000000"], True)
        # Anybody can send the same fields. The queries also match fields that only journald sets.
        forged = "MESSAGE=made up by bert\nTWOFACTOR_OUTCOME=refused\nTWOFACTOR_METHOD=pam.verify\nTWOFACTOR_USER=alice\n"
        self.machine.run("logger --journald", user="bert", stdin=forged)
        self.machine.run("journalctl --sync")
        self.assertRegex(shown := self.machine.run(refused).stdout, "(?m)pam_twofactor.*alice")
        self.assertNotIn("made up", shown)
        self.assertIn("pam.verify of uid 0 for alice", shown := self.machine.run(verified).stdout)
        self.assertNotIn("made up", shown)
        for fields in ("TWOFACTOR_OUTCOME=refused", "TWOFACTOR_METHOD=pam.verify"):
            self.assertIn("made up by bert", self.machine.run(f"journalctl {fields}").stdout)

    def read(self, path):
        with open(self.machine.root + path, encoding="utf-8") as file:
            return file.read()

    def test_9_no_example_is_left(self):
        self.left.pop(READ_ELSEWHERE)
        self.assertEqual([block for blocks in self.left.values() for block in blocks], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
