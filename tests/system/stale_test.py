"""Users that are deleted, created again and renamed: whom logins ask for a code, what doctor finds, what the upkeep does.

The tests run in the order of their names, on one machine.
"""

import json
import os
import re
import time
import unittest

from machine import Machine

PASSWORD = "correct horse"
INTERVAL = 10
COMMON_AUTH = """auth [success=1 default=ignore] pam_unix.so nullok
auth requisite pam_deny.so
auth required pam_permit.so
auth required pam_twofactor.so nullok
"""
SSHD_CONFIG = """UsePAM yes
KbdInteractiveAuthentication yes
PasswordAuthentication no
MaxAuthTries 20
"""


class Stale(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.machine = machine = Machine(os.environ["TWOFACTOR_PACKAGES"])
        cls.addClassCleanup(machine.remove)
        here = os.path.dirname(os.path.abspath(__file__))
        with open(f"{here}/ssh.exp", encoding="utf-8") as file:
            machine.write("/usr/local/lib/tests/ssh.exp", file.read())
        machine.write("/etc/ssh/sshd_config.d/tests.conf", SSHD_CONFIG)
        machine.write("/etc/pam.d/common-auth", COMMON_AUTH)
        machine.boot()
        machine.run("ssh-keygen -A && systemctl restart ssh")
        cls.secrets = {}
        cls.used = {}

    # Verbs ------------------------------------------------------------------------------------------------------

    def add(self, user, uid):
        self.machine.run(f"useradd -m -u {uid} -s /bin/bash {user} && echo '{user}:{PASSWORD}' | chpasswd")

    def enroll(self, user):
        answer = self.machine.call("user.renew_2fa_secret", user, {"interval": INTERVAL})
        uri = answer["result"]["twofactor_config"]["provisioning_uri"]
        self.secrets[user] = re.search(r"secret=([A-Z2-7]+)", uri).group(1)
        self.used[user] = 0

    def fresh_code(self, secret_of):
        while True:
            now = time.time()
            step = int(now // INTERVAL)
            if step > self.used[secret_of] and now % INTERVAL < INTERVAL - 3:
                self.used[secret_of] = step
                return self.machine.run(f"oathtool --totp --base32 --time-step-size {INTERVAL} --now @{int(now)} -",
                                        stdin=self.secrets[secret_of]).stdout.strip()
            time.sleep(0.2)

    def ssh(self, user, code=""):
        return self.machine.run(f"expect /usr/local/lib/tests/ssh.exp {user} '{PASSWORD}' '{code}'",
                                check=False).stdout.strip()

    def command(self, arguments, status=0):
        done = self.machine.run(f"twofactorctl --json {arguments}", check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def stale(self):
        return {user["username"]: user for user in self.command("stale")["stale"]}

    def findings(self):
        done = self.machine.run("twofactorctl --json doctor", check=False)
        return [finding for finding in json.loads(done.stdout)["findings"] if finding["id"].startswith("stale.")]

    def journal_has(self, *words):
        """Waits for the journal to store the entries."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            lines = self.machine.run("journalctl --no-pager -o cat -b").stdout
            if any(all(word in line for word in words) for line in lines.splitlines()):
                return
            time.sleep(0.2)
        self.fail(f"no line of the journal has {words}")

    # Tests ------------------------------------------------------------------------------------------------------

    def test_01_nobody_is_stale_where_the_system_knows_everybody(self):
        for user, uid in (("alice", 3001), ("bob", 3002), ("carol", 3003)):
            self.add(user, uid)
            self.enroll(user)
        self.assertEqual(self.ssh("alice", self.fresh_code("alice")), "LOGGED-IN")
        self.assertEqual(self.stale(), {})
        self.assertEqual([finding["id"] for finding in self.findings()], ["stale.none"])

    def test_02_a_user_made_anew_with_another_uid_inherits_nothing(self):
        self.machine.run("userdel -r alice")
        self.assertEqual(self.stale()["alice"]["state"], "gone")
        self.add("alice", 4001)
        self.assertEqual(self.stale()["alice"]["new_uid"], 4001)
        self.assertEqual(self.ssh("alice"), "WITHOUT-A-CODE")
        old = self.secrets["alice"]
        self.enroll("alice")
        self.assertEqual(self.stale(), {})
        self.assertNotEqual(self.secrets["alice"], old)
        self.secrets["old"], self.used["old"] = old, 0
        self.assertIn("REFUSED", self.ssh("alice", self.fresh_code("old")))
        self.assertEqual(self.ssh("alice", self.fresh_code("alice")), "LOGGED-IN")

    def test_03_a_user_made_anew_with_the_same_uid_is_the_same_user(self):
        self.machine.run("userdel -r carol")
        self.assertEqual(self.stale()["carol"]["state"], "gone")
        self.add("carol", 3003)
        self.assertEqual(self.stale(), {})
        self.assertEqual(self.ssh("carol", self.fresh_code("carol")), "LOGGED-IN")

    def test_04_a_rename_is_found_by_doctor_and_the_factor_follows_the_name(self):
        self.machine.run("usermod -l robert bob")
        self.assertEqual(self.ssh("robert"), "WITHOUT-A-CODE")
        finding, = self.findings()
        self.assertEqual((finding["id"], finding["level"]), ("stale.renamed", "problem"))
        advice = re.search(r"'(twofactorctl rename-user .*?)'", finding["advice"]).group(1)
        self.assertEqual(advice, "twofactorctl rename-user bob robert")
        self.machine.run(f"{advice} --yes")
        self.assertEqual(self.command("rename-user bob robert --yes")["changed"], False)
        self.journal_has("twofactor.rename_user", "robert", "was bob")
        self.assertEqual([finding["id"] for finding in self.findings()], ["stale.none"])
        self.secrets["robert"] = self.secrets["bob"]
        # Codes that could have been used before are refused.
        self.used["robert"] = int(time.time() // INTERVAL) + 3
        self.assertEqual(self.ssh("robert", self.fresh_code("robert")), "LOGGED-IN")

    def test_05_a_directory_that_is_down_makes_nobody_stale(self):
        switch = self.machine.run("cat /etc/nsswitch.conf").stdout
        # The source after the dead one says that there is no such user, and so does getpwnam(3).
        self.machine.write("/etc/nsswitch.conf", re.sub(r"(?m)^passwd:.*", "passwd: files ldap systemd", switch))
        self.machine.run("userdel carol")
        self.assertEqual(self.machine.run("getent passwd carol", check=False).returncode, 2)
        listed = self.command("stale")
        self.assertEqual(listed["stale"], [])
        self.assertEqual([user["username"] for user in listed["unanswered"]], ["carol"])
        self.assertIn("'ldap'", listed["unanswered"][0]["reason"])
        self.assertEqual([finding["id"] for finding in self.findings()], ["stale.unanswered"])
        self.assertEqual(self.command("stale --remove --yes carol")["changed"], False)
        self.machine.write("/etc/nsswitch.conf", switch)
        self.assertEqual(self.stale()["carol"]["state"], "gone")

    def test_06_the_timer_notes_who_is_gone_and_a_grace_of_days_is_kept(self):
        self.machine.run("systemctl is-enabled twofactor-upkeep.timer && systemctl is-active twofactor-upkeep.timer")
        self.assertIsNone(self.stale()["carol"]["first_seen"])
        self.machine.run("systemctl start twofactor-upkeep.service")
        carol = self.stale()["carol"]
        self.assertEqual(carol["days_left"], 30)
        self.assertLess(abs(carol["first_seen"] - time.time()), 600)
        self.journal_has("no longer existing: 1; removed: 0")
        self.machine.run("systemctl stop twofactord.socket twofactord && sqlite3 /var/lib/twofactor/vault.sqlite"
                         " 'UPDATE stale_users SET stale_for = 30 * 86400' && systemctl start twofactord.socket")
        self.machine.run("systemctl start twofactor-upkeep.service")
        self.journal_has("twofactor.upkeep", "for carol", "removed: the system knows no such user")
        self.assertEqual(self.stale(), {})
        self.assertEqual(self.ssh("alice", self.fresh_code("alice")), "LOGGED-IN")

    def test_07_an_administrator_removes_at_once(self):
        self.machine.run("userdel robert")
        # Nothing is removed without a yes.
        self.machine.run("twofactorctl stale --remove </dev/null; [ $? -eq 7 ] || [ $? -eq 1 ]")
        self.assertIn("robert", self.stale())
        removed = self.command("stale --remove --yes")
        self.assertEqual((removed["changed"], removed["removed"]), (True, [{"username": "robert", "uid": 3002}]))
        self.assertEqual(self.command("stale --remove --yes")["changed"], False)
        self.journal_has("twofactor.remove_stale_factors", "for robert")
        self.assertEqual(self.command("stale")["looked_at"], 1)


if __name__ == "__main__":
    unittest.main()
