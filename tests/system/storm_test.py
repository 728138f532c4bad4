"""Logins keep working while the packages are upgraded and downgraded, the vault's key is changed, and the vault is of a newer version.

The tests run in the order of their names, on one machine.
"""

import concurrent.futures
import json
import os
import shutil
import threading
import time
import unittest

from machine import Machine
from storm import ACCEPTED, DRIVER, INTERVAL, REFUSED, SERVICE, STACK, Storm, attempt, secret_in, totp

USERS = [f"storm{number:02}" for number in range(24)]
UNAVAILABLE = "PAM_AUTHINFO_UNAVAIL"
KEY = "/etc/credstore.encrypted/twofactor.vault-key"
VAULT = "/var/lib/twofactor/vault.sqlite"
NEWER = "9.0"
OLD = f"{Machine.PACKAGES_FOLDER}/*.deb"
NEW = f"{Machine.PACKAGES_FOLDER}/newer/*.deb"
# The same packages with a later version: only the version shows what is upgraded.
REPACK = f"""set -e
cd {Machine.PACKAGES_FOLDER}
mkdir newer
for package in *.deb; do
  rm -rf tree
  dpkg-deb -R "$package" tree
  sed -i 's/^Version: .*/Version: {NEWER}/; s/twofactord (= [^)]*)/twofactord (= {NEWER})/' tree/DEBIAN/control
  dpkg-deb -Zgzip -b tree newer
done
"""


class StormTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.machine = machine = Machine(os.environ["TWOFACTOR_PACKAGES"])
        cls.addClassCleanup(machine.remove)
        os.makedirs(os.path.dirname(machine.root + DRIVER), exist_ok=True)
        shutil.copy(os.environ["TWOFACTOR_BUILD"] + "/bin/pam_driver", machine.root + DRIVER)
        machine.write(f"/etc/pam.d/{SERVICE}", STACK)
        machine.boot()
        machine.run("while read user; do useradd -m $user; done", stdin="".join(f"{user}\n" for user in [*USERS, "alice"]))
        machine.run(REPACK)
        cls.secrets = {}
        cls.used = {}

    # Verbs ------------------------------------------------------------------------------------------------------

    def install(self, packages):
        """Runs apt-get as an administrator would; allows downgrades."""
        self.machine.run("DEBIAN_FRONTEND=noninteractive apt-get install -y --allow-downgrades"
                         f" {packages} </dev/null 2>&1", timeout=300)

    def enrolled(self):
        users = self.machine.call("user.query", [["twofactor_auth_configured", "=", True]], {"select": ["username"]})
        return sorted(user["username"] for user in users["result"])

    def renew(self, user):
        return secret_in(self.machine.call("user.renew_2fa_secret", user, {"interval": INTERVAL}))

    def assert_unhurt(self, storm):
        self.assertEqual(storm.lost, [])
        self.assertEqual(storm.doubled, [])
        self.assertEqual(storm.unclear, [])
        for kind, logins in storm.logins.items():
            self.assertGreaterEqual(logins, len(USERS), kind)
        print(f"  {storm.logins}, the longest {storm.longest:.3f} s", flush=True)

    def until(self, condition, what, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if condition():
                return
            time.sleep(0.1)
        self.fail(f"{what}, not within {seconds} seconds")

    def ping(self):
        return self.machine.call("core.ping")["result"]

    def fresh_code(self, user):
        """Returns an unused code that stays valid for at least one interval."""
        step = max(int(time.time()) // INTERVAL, self.used.get(user, 0) + 1)
        while int(time.time()) // INTERVAL + 1 < step:
            time.sleep(0.1)
        self.used[user] = step
        return totp(self.secrets[user], step)

    def attempt(self, user, code, own=False):
        """Returns libpam's result for a login, in root's application or one of the user, which asks the daemon."""
        return attempt(self.machine, user, code, own)

    def log_in(self, user="alice"):
        """Waits until codes from before a new ledger have expired; both kinds of application then accept each code once."""
        self.until(lambda: self.attempt(user, self.fresh_code(user)) == ACCEPTED, "a fresh code is taken")
        code = self.fresh_code(user)
        self.assertEqual(self.attempt(user, code, own=True), ACCEPTED)
        self.assertEqual(self.attempt(user, code), REFUSED)
        return code

    def stop(self):
        self.machine.run("systemctl stop twofactord.socket twofactord")

    def daemon_says(self):
        """Returns the output of systemctl status."""
        return self.machine.run("systemctl status twofactord", check=False).stdout

    # Tests ------------------------------------------------------------------------------------------------------

    def test_01_no_login_no_use_and_no_renewal_is_lost_to_upgrades_and_downgrades(self):
        storm = Storm(self.machine, USERS)
        self.secrets["alice"] = self.renew("alice")
        before = self.enrolled()
        upgraded = threading.Event()
        with concurrent.futures.ThreadPoolExecutor() as beside, storm:
            renewals = beside.submit(self.renew_until, upgraded)
            try:
                for packages, newer in [(NEW, True), (OLD, False)] * 2:
                    daemon = self.machine.run("pidof twofactord").stdout
                    self.install(packages)
                    self.assertNotEqual(self.machine.run("pidof twofactord").stdout, daemon)
                    installed = self.machine.run("dpkg-query -W -f '${Version}' twofactord").stdout
                    self.assertEqual(installed == NEWER, newer)
            finally:
                upgraded.set()
            self.assertGreater(renewals.result(), 4)
        self.assert_unhurt(storm)
        self.assertEqual(self.enrolled(), before)
        self.log_in()

    def renew_until(self, over):
        """Renews alice's secret all the time; each call must be answered. Returns how many were."""
        renewals = 0
        while not over.is_set():
            self.secrets["alice"] = self.renew("alice")
            renewals += 1
            over.wait(0.2)
        return renewals

    def test_02_after_a_downgrade_the_older_daemon_says_what_to_do_and_does_not_spin(self):
        self.install(NEW)
        self.stop()
        ours = self.machine.run(f"sqlite3 {VAULT} 'pragma user_version'").stdout.strip()
        self.machine.run(f"sqlite3 {VAULT} 'pragma user_version = {int(ours) + 1}'")
        start = time.time()
        self.install(OLD)
        said = f"the vault was written by a newer twofactord (schema {int(ours) + 1}, this one knows {ours}): install that"
        self.until(lambda: said in self.daemon_says(), "systemctl status says why")
        # Root's applications have the live store; those that ask the daemon let nobody in.
        self.assertEqual(self.attempt("alice", self.fresh_code("alice")), ACCEPTED)
        self.assertEqual(self.attempt("alice", self.fresh_code("alice"), own=True), UNAVAILABLE)
        doctor = json.loads(self.machine.run("twofactorctl --json doctor", check=False).stdout)
        self.assertIn("daemon.unreachable", [finding["id"] for finding in doctor["findings"]])
        time.sleep(max(0.0, start + 15 - time.time()))
        tries = self.machine.run(f"journalctl -u twofactord -o cat --no-pager --since @{start:.3f}").stdout.count(said)
        self.assertIn(tries, range(2, int(time.time() - start) // 5 + 4))
        # The newer package finds its own vault again.
        self.machine.run(f"systemctl stop twofactord; sqlite3 {VAULT} 'pragma user_version = {ours}'")
        self.install(NEW)
        self.assertEqual(self.ping(), "pong")
        self.log_in()

    def test_03_the_key_is_changed_while_everybody_logs_in_and_the_daemon_is_killed(self):
        storm = Storm(self.machine, USERS)
        key = self.machine.run(f"sha256sum {KEY}").stdout
        with storm:
            for wait in ("0", "0.01", "0.03", "0.1"):
                self.machine.run(f"(sleep {wait}; kill -9 $(pidof twofactord)) & twofactorctl rekey; wait", check=False)
                self.until(lambda: self.ping() == "pong", "the daemon answers")
                self.machine.run("twofactorctl rekey")
            time.sleep(2 * INTERVAL)
        self.assertNotEqual(self.machine.run(f"sha256sum {KEY}").stdout, key)
        self.assertEqual(storm.doubled, [])
        # Between a kill and the next start, an application may find the daemon gone.
        self.assertEqual([lost for lost in storm.lost if not lost.endswith(UNAVAILABLE)], [])
        self.assertEqual([lost for lost in storm.lost if " root " in lost], [])
        self.machine.run("systemctl restart twofactord")
        self.log_in()

    def test_04_after_a_reboot_the_new_key_opens_the_vault(self):
        before = self.enrolled()
        self.machine.reboot()
        self.assertEqual(self.enrolled(), before)
        self.log_in()


if __name__ == "__main__":
    unittest.main(verbosity=2, failfast=True)
