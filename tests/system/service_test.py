"""The daemon as a service of a real system: readiness, watchdog, reload, a clean stop, the key, a start without systemd.

No test waits for a code, so this runs beside login_test on a machine of its own. The tests run in the order of their names.
"""

import json
import os
import re
import subprocess
import time
import unittest

from machine import Machine

KEY = "/etc/credstore.encrypted/twofactor.vault-key"
VAULT = "/var/lib/twofactor/vault.sqlite"
CONFIG = "/etc/twofactor/twofactord.conf"
UNITS = "/lib/systemd/system/twofactor*.service /lib/systemd/system/twofactor*.socket" \
        " /lib/systemd/system/twofactor*.timer"
# A hang is to be noticed while somebody waits for this test.
SHORT_WATCHDOG = "[Service]\nWatchdogSec=3s\n"


class Service(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.machine = machine = Machine(os.environ["TWOFACTOR_PACKAGES"])
        cls.addClassCleanup(machine.remove)
        machine.write("/etc/systemd/system/twofactord.service.d/watchdog.conf", SHORT_WATCHDOG)
        machine.boot()
        machine.run("useradd -m -s /bin/bash alice")

    # Verbs ------------------------------------------------------------------------------------------------------

    def call(self, method, *params, user="root", socket="/run/twofactor/api.sock"):
        request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        done = self.machine.run(f"socat -t 20 - UNIX-CONNECT:{socket}", user=user, stdin=request + "\n")
        return json.loads(done.stdout)

    def pid(self):
        return self.machine.run("systemctl show -P MainPID twofactord").stdout.strip()

    def status(self):
        """What systemctl status says of it."""
        return self.machine.run("systemctl show -P StatusText twofactord").stdout.strip()

    def generation(self):
        """What the vault holds of alice: which secret is hers, and its seal."""
        return self.machine.run(
            f"systemctl stop twofactord.socket twofactord; sqlite3 {VAULT}"
            " 'select generation, hex(sealed) from devices'; systemctl start twofactord.socket twofactord").stdout

    def until(self, condition, what, seconds=20):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if condition():
                return
            time.sleep(0.1)
        self.fail(f"{what}, not within {seconds} seconds")

    def journal(self):
        return self.machine.run("journalctl -u twofactord -o cat --no-pager -b").stdout

    def start_fails_with(self, text):
        """The daemon does not start, and its last words have `text`."""
        self.machine.run("systemctl stop twofactord.socket twofactord; journalctl --rotate --vacuum-time=1s -q")
        self.machine.run("systemctl start --no-block twofactord")
        self.until(lambda: text in self.journal(), f"the journal says '{text}'")
        self.assertNotEqual(self.machine.run("systemctl is-active twofactord", check=False).stdout, "active\n")
        self.machine.run("systemctl stop twofactord.socket twofactord")

    # Tests ------------------------------------------------------------------------------------------------------

    def test_01_ready_means_that_logins_can_go_on(self):
        self.machine.run("systemctl stop twofactord.socket twofactord && rm /run/twofactor/index /run/twofactor/records")
        self.machine.run("systemctl start twofactord && test -s /run/twofactor/index && test -s /run/twofactor/records")
        self.assertEqual(self.machine.run("systemctl show -P Type twofactord").stdout, "notify\n")
        self.assertEqual(self.status(), "0 users enrolled, live store kept, no error since this start")
        # It looks at what ours are ordered with, too: what it says of Debian's own units is not ours to mend.
        said = self.machine.run(f"systemd-analyze verify --man=no {UNITS} 2>&1").stdout.splitlines()
        self.assertEqual([line for line in said if "freeradius.service" not in line], [])

    def test_02_the_socket_starts_the_daemon(self):
        self.machine.run("systemctl stop twofactord && systemctl start twofactord.socket")
        self.assertEqual(self.machine.run("systemctl is-active twofactord", check=False).stdout, "inactive\n")
        self.assertEqual(self.call("core.ping")["result"], "pong")
        self.assertEqual(self.machine.run("systemctl is-active twofactord").stdout, "active\n")

    def test_03_a_daemon_that_hangs_is_replaced(self):
        hung = self.pid()
        self.machine.run(f"kill -STOP {hung}")
        self.until(lambda: self.pid() not in (hung, "0"), "another daemon runs")
        self.assertEqual(self.call("core.ping")["result"], "pong")
        self.assertIn("watchdog", self.machine.run("journalctl -u twofactord --no-pager -b").stdout.lower())

    def test_04_a_reload_takes_the_configuration_over_without_a_restart(self):
        before = self.pid()
        shipped = self.machine.run(f"cat {CONFIG}").stdout
        self.machine.write(CONFIG, "[otpauth]\nissuer = Example Inc\n")
        self.machine.run("systemctl reload twofactord")
        uri = self.call("user.renew_2fa_secret", "alice", {})["result"]["twofactor_config"]["provisioning_uri"]
        self.assertIn("issuer=Example%20Inc", uri)
        self.machine.write(CONFIG, "[otpauth]\nisuer = typo\n")
        self.assertNotEqual(self.machine.run("twofactord --check-config", check=False).returncode, 0)
        self.machine.run("systemctl reload twofactord")
        uri = self.call("user.renew_2fa_secret", "alice", {})["result"]["twofactor_config"]["provisioning_uri"]
        self.assertIn("issuer=Example%20Inc", uri)
        self.assertRegex(self.journal(), rf"{CONFIG}:2: .*isuer")
        self.assertRegex(self.status(), rf"^1 users enrolled, live store \w+.*, last error: {CONFIG}:2: .*isuer")
        self.assertEqual(self.pid(), before)
        self.machine.write(CONFIG, shipped)
        self.machine.run("systemctl reload twofactord")

    def test_05_a_stop_is_clean_and_answers_what_is_under_way(self):
        requests = "".join(
            json.dumps({"jsonrpc": "2.0", "id": i, "method": "user.get_instance", "params": ["alice"]}) + "\n"
            for i in range(10))
        done = self.machine.run(
            "socat -t 20 - UNIX-CONNECT:/run/twofactor/api.sock & sleep 0.02; systemctl stop twofactord.socket twofactord;"
            " wait; systemctl show -P Result twofactord", stdin=requests)
        *answers, result = done.stdout.strip().split("\n")
        self.assertEqual(result, "success")
        for answer in answers:
            self.assertEqual(json.loads(answer)["result"]["username"], "alice")
        self.machine.run("systemctl start twofactord.socket twofactord")

    def test_06_another_key_is_a_clear_error_and_nothing_is_overwritten(self):
        before = self.generation()
        # Stopped, or what it wrote since its start comes into the file with its end.
        self.machine.run(f"systemctl stop twofactord.socket twofactord && cp {VAULT} /root/vault && mv {KEY} /root/key")
        other = "00" * 32
        self.machine.write("/etc/credstore/twofactor.vault-key-file", other + "\n", 0o600)
        self.start_fails_with("sealed with another key")
        self.machine.run(f"cmp {VAULT} /root/vault")
        self.assertEqual(self.machine.run("cat /etc/credstore/twofactor.vault-key-file").stdout, other + "\n")
        self.machine.run(f"rm /etc/credstore/twofactor.vault-key-file; mv /root/key {KEY}")
        self.assertEqual(self.generation(), before)

    def test_07_a_missing_key_is_a_clear_error_and_none_is_made(self):
        before = self.generation()
        self.machine.run(f"mv {KEY} /root/key")
        self.start_fails_with("put it back to /etc/credstore.encrypted/twofactor.vault-key")
        # As after a boot: the unit that makes keys sees a vault, and makes none.
        self.machine.run("systemctl restart twofactor-key.service")
        self.machine.run(f"test ! -e {KEY} && test ! -e /etc/credstore/twofactor.vault-key-file")
        self.machine.run(f"mv /root/key {KEY}")
        self.assertEqual(self.generation(), before)

    def test_08_a_key_that_is_none_is_a_clear_error(self):
        self.machine.run(f"mv {KEY} /root/key")
        self.machine.write("/etc/credstore/twofactor.vault-key-file", "rubbish\n", 0o600)
        self.start_fails_with("a vault key is 64 hexadecimal digits")
        self.machine.run(f"rm /etc/credstore/twofactor.vault-key-file; mv /root/key {KEY}; systemctl start twofactord")

    def test_09_a_vault_of_a_newer_version_is_refused_and_left_alone(self):
        ours = self.machine.run(f"systemctl stop twofactord.socket twofactord; sqlite3 {VAULT} 'pragma user_version'").stdout
        self.machine.run(f"sqlite3 {VAULT} 'pragma user_version = 99'")
        self.start_fails_with("newer twofactord")
        version = self.machine.run(f"sqlite3 {VAULT} 'pragma user_version'").stdout
        self.assertEqual(version, "99\n")
        self.machine.run(f"sqlite3 {VAULT} 'pragma user_version = {ours}'; systemctl start twofactord.socket twofactord")

    def test_10_without_systemd_root_starts_both_processes_and_the_daemon_drops_its_rights(self):
        self.machine.write("/root/alone.conf", "[paths]\nrun_directory = /run/alone\nstate_directory = /var/lib/alone\n"
                           "key_file = /etc/twofactor/alone.key\n")
        self.machine.run("setsid twofactord --foreground --config /root/alone.conf"
                         " >/run/alone.log 2>&1 & echo $! >/run/alone.pid")
        self.until(lambda: "ready" in self.machine.run("cat /run/alone.log").stdout, "the daemon is ready")
        pid = self.machine.run("cat /run/alone.pid").stdout.strip()
        status = self.machine.run(f"grep -E '^(Uid|CapEff)' /proc/{pid}/status").stdout
        self.assertNotRegex(status, r"Uid:\s+0\s")
        self.assertRegex(status, r"CapEff:\s+0000000000000000")
        entry = self.call("user.renew_2fa_secret", "alice", {}, user="alice", socket="/run/alone/api.sock")["result"]
        self.assertEqual(len(entry), 32)
        children = self.machine.run(f"pgrep -a -P {pid}").stdout
        self.assertIn("twofactor-accounts", children)
        self.machine.run(f"kill -TERM {pid}")
        helper = children.split()[0]
        self.until(lambda: not self.machine.run(f"ls -d /proc/{pid} /proc/{helper}", check=False).stdout,
                   "both processes end")
        mode = self.machine.run("stat -c '%U %a' /etc/twofactor/alone.key").stdout
        self.assertEqual(mode, "root 600\n")

    def test_11_a_daemon_killed_at_any_moment_comes_back_with_every_answered_renewal(self):
        for wait in range(1, 9):
            killer = f"(sleep 0.0{wait}; kill -9 $(pidof twofactord)) &"
            request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "user.renew_2fa_secret", "params": ["alice", {}]})
            done = self.machine.run(f"{killer} socat -t 5 - UNIX-CONNECT:/run/twofactor/api.sock; wait",
                                    stdin=request + "\n", check=False)
            self.until(lambda: self.call("core.ping")["result"] == "pong", "the daemon answers")
            if not done.stdout.strip():
                continue
            answered = json.loads(done.stdout)["result"]["twofactor_config"]["provisioning_uri"]
            secret = re.search(r"secret=([A-Z2-7]+)", answered).group(1)
            code = self.machine.run("oathtool --totp --base32 -", stdin=secret).stdout.strip()
            self.assertTrue(self.call("user.verify_twofactor_token", "alice", code)["result"])

    def test_12_the_picture_is_the_uri_and_other_peoples_code_makes_the_codes_of_it(self):
        for options in ("", "--digits 8 --interval 45"):
            self.machine.run("rm -f /root/qr.png")
            done = self.machine.run(f"twofactorctl --json renew --no-confirm --png /root/qr.png {options} alice")
            uri = json.loads(done.stdout)["twofactor_config"]["provisioning_uri"]
            scanned = subprocess.run(["zbarimg", "-q", "--raw", self.machine.root + "/root/qr.png"], check=True,
                                     capture_output=True, text=True).stdout.strip()
            self.assertEqual(scanned, uri)
            code = subprocess.run(["/usr/bin/python3", "-c", "import pyotp, sys; print(pyotp.parse_uri(sys.argv[1]).now())",
                                   scanned], check=True, capture_output=True, text=True).stdout.strip()
            self.assertTrue(self.call("user.verify_twofactor_token", "alice", code)["result"])

    def test_13_a_live_store_of_a_newer_version_is_refused_and_made_anew(self):
        for name in ("index", "records", "ledger"):
            self.machine.run(f"printf '\\143' | dd of=/run/twofactor/{name} bs=1 seek=16 conv=notrunc status=none")
        said = "the live store has version 99, another twofactord's; 2 is understood here"
        # With the daemon there, it would be asked.
        self.machine.run("systemctl stop twofactord.socket twofactord; cp /etc/pam.d/su /root/su")
        self.machine.write("/etc/pam.d/su", "auth required pam_twofactor.so\naccount required pam_permit.so\n")
        self.assertNotEqual(self.machine.run("su alice -c true </dev/null", check=False).returncode, 0)
        self.machine.run("cp /root/su /etc/pam.d/su")
        self.assertIn(f"no answer on the second factor: {said}", self.machine.run("journalctl --no-pager -o cat TWOFACTOR_OUTCOME=unavailable").stdout)
        self.machine.run("systemctl start twofactord.socket twofactord")
        self.assertIn("live store new since this start", self.status())
        self.assertIn(f"ledger of used codes that was there is not kept, {said}", self.machine.run("journalctl --no-pager -u twofactord").stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2, failfast=True)
