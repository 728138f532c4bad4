"""The life of the packages on a machine: installed, enabled, upgraded, removed in both orders, purged.

Somebody can always log in with what should suffice. The tests run in the order of their names, on one machine.
"""

import concurrent.futures
import json
import os
import re
import time
import unittest

from machine import Machine

PASSWORD = "correct horse"
STEP = 30
NEWER = "9.0"
SSHD_CONFIG = """UsePAM yes
KbdInteractiveAuthentication yes
PasswordAuthentication no
"""
SECRETS = ["/var/lib/twofactor/vault.sqlite", "/etc/credstore.encrypted/twofactor.vault-key",
           "/etc/credstore/twofactor.vault-key-file"]
PURGE = "apt-get purge -y twofactord libpam-twofactor twofactorctl"
QUESTION = """log_user 1
set timeout 50
spawn {command}
expect {{
  "Type yes" {{ send "{answer}\\r" }}
  default {{ exit 2 }}
}}
expect eof
exit [lindex [wait] 3]
"""
CALL = """echo '{"jsonrpc":"2.0","id":1,"method":"core.ping"}' |
  socat -t 20 - UNIX-CONNECT:/run/twofactor/api.sock 2>&1"""
INODES = "stat -c '%n %i' /run/twofactor/ledger /run/twofactor/api.sock"
PONG = '{"id":1,"jsonrpc":"2.0","result":"pong"}'
CALLS_UNTIL_UPGRADED = f"until [ -e /run/upgraded ]; do {CALL} || true; done | sort -u"
# The same packages with a later version: only the version shows what is upgraded.
REBUILD = """set -e
cd {folder}
mkdir newer
for package in *.deb; do
  rm -rf tree
  dpkg-deb -R "$package" tree
  sed -i 's/^Version: .*/Version: {version}/; s/twofactord (= [^)]*)/twofactord (= {version})/' tree/DEBIAN/control
  dpkg-deb -Zgzip -b tree newer
done
"""


class Packages(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.machine = machine = Machine(os.environ["TWOFACTOR_PACKAGES"], installed=False)
        cls.addClassCleanup(machine.remove)
        here = os.path.dirname(os.path.abspath(__file__))
        with open(f"{here}/ssh.exp", encoding="utf-8") as file:
            machine.write("/usr/local/lib/tests/ssh.exp", file.read())
        machine.write("/etc/ssh/sshd_config.d/tests.conf", SSHD_CONFIG)
        machine.boot()
        machine.run("ssh-keygen -A && systemctl restart ssh")
        for user in ("alice", "bob", "carol"):
            machine.run(f"useradd -m -s /bin/bash {user} && echo '{user}:{PASSWORD}' | chpasswd")
        cls.others_files = cls.named_files()
        cls.secrets = {}
        cls.used = {}

    # Verbs ------------------------------------------------------------------------------------------------------

    @classmethod
    def named_files(cls):
        """Returns the files with names like ours."""
        return set(cls.machine.run(f"find / /run /tmp -xdev -path {Machine.PACKAGES_FOLDER} -prune -o"
                                   " '(' -name '*twofactor*' -o -name '*credstore*' ')' -print").stdout.splitlines())

    def apt(self, arguments, check=True):
        """Runs apt-get without a terminal; returns all its output."""
        done = self.machine.run(f"DEBIAN_FRONTEND=noninteractive apt-get {arguments} </dev/null 2>&1", check=check)
        return done.stdout

    def install(self):
        self.apt(f"install -y {Machine.PACKAGES_FOLDER}/*.deb")

    def enable(self):
        self.machine.run("DEBIAN_FRONTEND=noninteractive pam-auth-update --enable twofactor")

    def renew(self, user):
        answer = json.loads(self.machine.run(f"twofactorctl --json renew --no-confirm {user}").stdout)
        self.secrets[user] = re.search(r"secret=([A-Z2-7]+)", json.dumps(answer)).group(1)
        self.used[user] = 0

    def unused_code(self, user):
        """Returns an unused code that is accepted now: of the last step, of this one or of the next."""
        while True:
            now = time.time()
            # Not the last one if it is about to expire.
            first = now // STEP - 1 if now % STEP < STEP - 5 else now // STEP
            step = max(self.used[user] + 1, int(first))
            if step <= now // STEP + 1:
                self.used[user] = step
                return self.machine.run(f"oathtool --totp --base32 --now @{step * STEP} -",
                                        stdin=self.secrets[user]).stdout.strip()
            time.sleep(0.2)

    def ssh(self, user, code=""):
        return self.machine.run(f"expect /usr/local/lib/tests/ssh.exp {user} '{PASSWORD}' '{code}'",
                                check=False).stdout.strip()

    def ping(self):
        return self.machine.run(CALL).stdout.strip()

    def pam_files(self):
        return self.machine.run("grep -r '' /etc/pam.d").stdout

    def lines_of_the_module(self):
        return self.machine.run("grep -rh pam_twofactor /etc/pam.d /etc/pam.conf", check=False).stdout.splitlines()

    def secrets_that_are_there(self):
        return [path for path in SECRETS if os.path.exists(self.machine.root + path)]

    def answer(self, command, answer):
        """Runs a command in a terminal that answers the question about the secrets."""
        self.machine.write("/usr/local/lib/tests/answer.exp", QUESTION.format(command=command, answer=answer))
        return self.machine.run("expect /usr/local/lib/tests/answer.exp").stdout

    # Tests ------------------------------------------------------------------------------------------------------

    def test_01_installing_starts_the_services_and_changes_no_login(self):
        before = self.pam_files()
        self.install()
        self.assertEqual(self.pam_files(), before)
        self.machine.run("systemctl is-active twofactord.socket twofactord.service twofactor-accounts.socket")
        self.machine.run("systemctl is-enabled twofactord.socket twofactord.service twofactor-accounts.socket twofactor-upkeep.timer")
        self.machine.run("systemctl is-active twofactor-upkeep.timer")
        self.assertEqual(self.ssh("bob"), "WITHOUT-A-CODE")

    def test_02_enabled_it_asks_who_has_a_second_factor_and_after_the_password(self):
        self.enable()
        self.assertEqual([line.split() for line in self.lines_of_the_module()],
                         [["auth", "required", "pam_twofactor.so", "nullok"]])
        for user in ("alice", "carol"):
            self.renew(user)
        self.assertEqual(self.ssh("alice", self.unused_code("alice")), "LOGGED-IN")
        self.assertIn("REFUSED", self.ssh("alice", "000000"))
        self.assertEqual(self.ssh("bob"), "WITHOUT-A-CODE")
        findings = json.loads(self.machine.run("twofactorctl --json doctor", check=False).stdout)["findings"]
        self.assertEqual([finding for finding in findings if finding["level"] == "problem"], [])

    def test_03_logins_and_callers_go_on_during_an_upgrade_and_used_codes_stay_used(self):
        self.machine.run(REBUILD.format(folder=Machine.PACKAGES_FOLDER, version=NEWER))
        used = self.unused_code("carol")
        self.assertEqual(self.ssh("carol", used), "LOGGED-IN")
        files = self.machine.run(INODES).stdout
        daemon = self.machine.run("pidof twofactord").stdout
        logins = 0
        with concurrent.futures.ThreadPoolExecutor() as beside:
            calls = beside.submit(self.machine.run, CALLS_UNTIL_UPGRADED)
            upgrade = beside.submit(self.apt, f"install -y {Machine.PACKAGES_FOLDER}/newer/*.deb; touch /run/upgraded")
            while not upgrade.done():
                self.assertEqual(self.ssh("bob"), "WITHOUT-A-CODE")
                logins += 1
        self.assertGreater(logins, 1)
        self.assertEqual(calls.result().stdout, PONG + "\n")
        versions = self.machine.run("dpkg-query -W -f '${Version} ' twofactord libpam-twofactor twofactorctl").stdout
        self.assertEqual(versions, f"{NEWER} " * 3)
        self.assertNotEqual(self.machine.run("pidof twofactord").stdout, daemon)
        # Neither was ever gone.
        self.assertEqual(self.machine.run(INODES).stdout, files)
        self.assertIn("REFUSED", self.ssh("carol", used))
        self.assertEqual(self.ssh("carol", self.unused_code("carol")), "LOGGED-IN")
        self.assertEqual(len(self.lines_of_the_module()), 1)

    def test_04_an_upgrade_keeps_the_options_that_the_administrator_chose(self):
        for edit, options in (("s/pam_twofactor.so nullok/pam_twofactor.so window=0/", ["window=0"]),
                              ("s/pam_twofactor.so window=0/pam_twofactor.so nullok/", ["nullok"])):
            self.machine.run(f"sed -i '{edit}' /etc/pam.d/common-auth")
            self.machine.run(f"DEBIAN_FRONTEND=noninteractive dpkg -i {Machine.PACKAGES_FOLDER}/newer/*.deb")
            self.assertEqual([line.split()[3:] for line in self.lines_of_the_module()], [options])

    def test_05_the_daemon_does_not_go_while_a_stack_needs_it(self):
        for command in ("dpkg -r twofactord", "dpkg -r --force-depends twofactord"):
            done = self.machine.run(command, check=False)
            self.assertNotEqual(done.returncode, 0, command)
        self.assertIn("/etc/pam.d/common-auth:", done.stderr)
        self.assertEqual(self.ping(), PONG)
        self.assertEqual(self.ssh("alice", self.unused_code("alice")), "LOGGED-IN")

    def test_06_the_module_does_not_go_while_a_hand_written_line_names_it(self):
        stack = self.machine.run("cat /etc/pam.d/su").stdout
        self.machine.write("/etc/pam.d/su", stack + "-auth [success=ok default=die] \\\n  pam_twofactor.so # ours\n")
        before = self.pam_files()
        said = self.apt("remove -y libpam-twofactor", check=False)
        self.assertRegex(said, r"/etc/pam.d/su:\d+:   pam_twofactor.so # ours")
        status = self.machine.run("dpkg-query -W -f '${Status}' libpam-twofactor").stdout
        self.assertEqual(status, "install ok installed")
        self.assertEqual(self.pam_files(), before)
        self.machine.write("/etc/pam.d/su", stack + "# once there was pam_twofactor.so\n")

    def test_07_the_module_takes_itself_out_of_every_stack_and_comes_back_switched_off(self):
        self.apt("remove -y libpam-twofactor")
        self.assertEqual(self.lines_of_the_module(), ["# once there was pam_twofactor.so"])
        self.assertEqual(self.ssh("alice"), "WITHOUT-A-CODE")
        self.assertEqual(self.ping(), PONG)
        self.apt(f"install -y {Machine.PACKAGES_FOLDER}/newer/libpam-twofactor_*.deb")
        self.assertEqual(self.ssh("alice"), "WITHOUT-A-CODE")

    def test_08_where_the_stack_was_edited_the_module_stays_until_its_line_is_gone(self):
        self.enable()
        stack = self.machine.run("cat /etc/pam.d/common-auth").stdout
        self.machine.write("/etc/pam.d/common-auth",
                           stack.replace("# end of pam-auth", "auth optional pam_echo.so\n# end of pam-auth"))
        said = self.apt("remove -y libpam-twofactor", check=False)
        self.assertIn("/etc/pam.d/common-auth:", said)
        self.machine.write("/etc/pam.d/common-auth", stack)
        self.assertEqual(self.ssh("alice", self.unused_code("alice")), "LOGGED-IN")

    def test_09_removing_the_daemon_removes_the_module_first(self):
        self.apt("remove -y twofactord")
        self.assertEqual(self.machine.run("pidof twofactord", check=False).stdout, "")
        self.assertEqual(self.lines_of_the_module(), ["# once there was pam_twofactor.so"])
        self.assertEqual(self.ssh("alice"), "WITHOUT-A-CODE")

    def test_10_a_purge_without_a_terminal_keeps_the_secrets_and_says_where(self):
        said = self.apt(PURGE.removeprefix("apt-get "))
        there = self.secrets_that_are_there()
        self.assertEqual(len(there), 2)
        self.assertIn(os.path.dirname(there[0]) + "\n", said)
        self.assertIn(there[1] + "\n", said)
        self.install()
        self.machine.run("twofactorctl status alice")

    def test_11_an_answer_that_is_not_yes_keeps_the_secrets(self):
        self.assertIn("kept", self.answer(PURGE, "y"))
        self.assertEqual(len(self.secrets_that_are_there()), 2)
        self.install()
        self.machine.run("twofactorctl status alice")

    def test_12_yes_destroys_them_and_a_new_installation_starts_afresh(self):
        self.assertIn("destroyed", self.answer(PURGE, "yes"))
        self.assertEqual(self.secrets_that_are_there(), [])
        self.install()
        self.assertEqual(self.machine.run("twofactorctl status alice", check=False).returncode, 1)
        self.enable()
        self.renew("alice")
        self.assertEqual(self.ssh("alice", self.unused_code("alice")), "LOGGED-IN")

    def test_13_a_purge_that_was_told_so_destroys_them_and_leaves_nothing(self):
        self.assertEqual(len(self.secrets_that_are_there()), 2)
        self.machine.run(f"TWOFACTOR_PURGE_SECRETS=yes {PURGE} </dev/null")
        self.assertEqual(self.named_files() - self.others_files, set())
        self.assertEqual(self.machine.run("grep -r twofactor /var/lib/pam /etc/systemd", check=False).stdout, "")
        self.assertEqual(self.machine.run("systemctl --failed --no-legend").stdout, "")
        self.assertEqual(self.ssh("alice"), "WITHOUT-A-CODE")


if __name__ == "__main__":
    unittest.main(verbosity=2, failfast=True)
