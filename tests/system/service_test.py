"""The daemon as a service of a real system: readiness, watchdog, reload, a clean stop, the key, a start without systemd.

No test waits for a code, so this runs beside login_test on a machine of its own. The tests run in the order of their names.
"""

import glob
import json
import os
import re
import shutil
import subprocess
import time
import unittest

from machine import Machine
from one_time_codes import STEP_SECONDS, hotp, secret_of

KEY = "/etc/credstore.encrypted/twofactor.vault-key"
VAULT = "/var/lib/twofactor/vault.sqlite"
CONFIG = "/etc/twofactor/twofactord.conf"
UNITS = "/lib/systemd/system/twofactor*.service /lib/systemd/system/twofactor*.socket" \
        " /lib/systemd/system/twofactor*.timer"
# Short, so that the test notices a hang soon.
SHORT_WATCHDOG = "[Service]\nWatchdogSec=3s\n"


class Service(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.machine = machine = Machine(os.environ["TWOFACTOR_PACKAGES"])
        cls.addClassCleanup(machine.remove)
        machine.write("/etc/systemd/system/twofactord.service.d/watchdog.conf", SHORT_WATCHDOG)
        machine.boot()
        machine.run("useradd -m -s /bin/bash alice; cp /etc/pam.d/su /root/su")

    # Verbs ------------------------------------------------------------------------------------------------------

    def call(self, method, *params, user="root", socket="/run/twofactor/api.sock"):
        request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        done = self.machine.run(f"socat -t 20 - UNIX-CONNECT:{socket}", user=user, stdin=request + "\n")
        return json.loads(done.stdout)

    def pid(self):
        return self.machine.run("systemctl show -P MainPID twofactord").stdout.strip()

    def status(self):
        """Returns the output of systemctl status."""
        return self.machine.run("systemctl show -P StatusText twofactord").stdout.strip()

    def generation(self):
        """Returns the vault's rows for alice: which secret is hers, and its seal."""
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
        """Checks that the daemon does not start, and that its last message contains `text`."""
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
        # It also checks the units that ours are ordered with. What it says about Debian's own units is not ours to fix.
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
        # Stop it first, or it writes its changes to the file when it ends.
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
        # As after a boot: the unit that creates keys finds a vault, and creates none.
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
        said = "the live store has version 99, from another twofactord; this program understands version 3"
        # If the daemon were running, it would be asked.
        self.machine.run("systemctl stop twofactord.socket twofactord; cp /etc/pam.d/su /root/su")
        self.machine.write("/etc/pam.d/su", "auth required pam_twofactor.so\naccount required pam_permit.so\n")
        self.assertNotEqual(self.machine.run("su alice -c true </dev/null", check=False).returncode, 0)
        self.machine.run("cp /root/su /etc/pam.d/su")
        self.assertIn(f"no answer on the second factor: {said}", self.machine.run("journalctl --no-pager -o cat TWOFACTOR_OUTCOME=unavailable").stdout)
        self.machine.run("systemctl start twofactord.socket twofactord")
        self.assertIn("live store new since this start", self.status())
        self.assertIn(f"ledger of used codes that was there is not kept, {said}", self.machine.run("journalctl --no-pager -u twofactord").stdout)

    # Damaged machines -----------------------------------------------------------------------------------------------

    SU = "auth required pam_twofactor.so{options}\nauth required pam_permit.so\naccount required pam_permit.so\nsession required pam_permit.so\n"

    def su(self, code, options=""):
        """Returns whether su, run by a user other than root, lets alice in."""
        self.machine.write("/etc/pam.d/su", self.SU.format(options=options))
        try:
            return self.machine.run("su alice -c true", user="nobody", stdin=code + "\n", check=False).returncode == 0
        finally:
            self.machine.run("cp /root/su /etc/pam.d/su")

    def secret(self):
        uri = self.call("user.renew_2fa_secret", "alice", {"interval": 30, "otp_digits": 6})["result"]["twofactor_config"]["provisioning_uri"]
        return re.search(r"secret=([A-Z2-7]+)", uri).group(1)

    def fresh_code(self, secret):
        """Returns a code that no reboot rejects and whose step is not about to end."""
        self.until(lambda: self.call("core.health")["result"]["birth_wait"] == 0 and time.time() % 30 < 20, "codes are accepted", 120)
        return self.machine.run("oathtool --totp --base32 -", stdin=secret).stdout.strip()

    def stop_and_lose_the_live_store(self):
        """Does what a reboot does."""
        self.machine.run("systemctl stop twofactord.socket twofactord; rm -f /run/twofactor/index /run/twofactor/records /run/twofactor/ledger")

    def start(self):
        self.machine.run("systemctl start twofactord.socket twofactord")

    def test_14_a_lost_vault_lets_nobody_in_and_is_put_back(self):
        secret = self.secret()
        self.machine.run("systemctl stop twofactord.socket twofactord; mkdir -m 700 /root/disk; mv /var/lib/twofactor/* /root/disk")
        self.machine.run("systemctl start twofactord.socket; systemctl start --no-block twofactord")
        self.until(lambda: f"the vault {VAULT} is not there" in self.status(), "the status says why")
        # The earlier live store is there, and logins keep working.
        self.assertTrue(self.su(self.fresh_code_without_the_daemon(secret), " nullok"),
                        self.machine.run("journalctl --no-pager -o cat -n 3 TWOFACTOR_USER=alice").stdout)
        self.machine.run("rm /run/twofactor/index /run/twofactor/records /run/twofactor/ledger")
        for options in ("", " nullok"):
            self.assertFalse(self.su("000000", options))
        self.assertEqual(self.machine.run("ls -A /var/lib/twofactor").stdout, "")
        self.assertIn("twofactord --new-vault", self.journal())
        doctor = self.machine.run("twofactorctl doctor", check=False).stdout
        self.assertIn(f"no vault at {VAULT}", doctor)
        # As after a boot: the unit that creates keys finds one, and does not allow a vault.
        self.machine.run("systemctl restart twofactor-key.service; test ! -e /var/lib/twofactor/new-vault")
        self.machine.run("cp -a /root/disk/* /var/lib/twofactor")
        self.until(lambda: "1 users enrolled" in self.status(), "the daemon serves", 60)
        self.assertTrue(self.su(self.fresh_code(secret), " nullok"))
        self.machine.run("rm -r /root/disk")

    def fresh_code_without_the_daemon(self, secret):
        self.until(lambda: time.time() % 30 < 20, "a step is young", 60)
        return self.machine.run("oathtool --totp --base32 -", stdin=secret).stdout.strip()

    def test_15_a_vault_that_cannot_be_written_is_published_and_takes_no_change(self):
        secret = self.secret()
        self.machine.run("systemctl stop twofactord.socket twofactord; cp -a /var/lib/twofactor /root/disk;"
                         " mount -t tmpfs -o mode=700,uid=$(id -u twofactor),gid=$(id -g twofactor),size=8m,nr_inodes=16 tmpfs /var/lib/twofactor"
                         " && cp -a /root/disk/* /var/lib/twofactor")
        for damage, mend, why, errname in (
                ("mount -o remount,ro /var/lib/twofactor",
                 # The daemon's mount namespace has the disk as it was at the start.
                 "mount -o remount,rw /var/lib/twofactor && systemctl restart twofactord", "Read-only file system", "EROFS"),
                ("bash -c 'for i in {1..20}; do : >/var/lib/twofactor/filler-$i; done' 2>/dev/null; true",
                 "rm /var/lib/twofactor/filler-*", "No space left on device", "EROFS"),
                # A file can be created there, so the vault is open, and each change fails by itself.
                ("head -c 8M /dev/zero >/var/lib/twofactor/filler 2>/dev/null; true",
                 "rm /var/lib/twofactor/filler", "database or disk is full", "EAGAIN")):
            with self.subTest(why):
                self.stop_and_lose_the_live_store()
                self.machine.run(damage)
                self.start()
                self.until(lambda: "changes are refused" in self.status(), "the status says so", 60)
                self.assertTrue(errname != "EROFS" or why in self.status(), self.status())
                refused = self.call("user.renew_2fa_secret", "alice", {})["error"]["data"]
                self.assertEqual(refused["errname"], errname)
                self.assertIn(why, refused["reason"])
                self.assertIn(why, self.machine.run("twofactorctl doctor", check=False).stdout)
                code = self.fresh_code(secret)
                self.assertTrue(self.su(code))
                self.assertFalse(self.su(code))
                # It notices by itself that there is room for a file, and restarts.
                self.machine.run(mend)
                self.until(lambda: "error" not in self.call("user.renew_2fa_secret", "alice", {}), "changes are taken", 60)
                secret = self.secret()
        self.machine.run("systemctl stop twofactord.socket twofactord; cp -a /var/lib/twofactor/vault.sqlite* /root/disk;"
                         " umount /var/lib/twofactor; cp -a /root/disk/vault.sqlite* /var/lib/twofactor; rm -r /root/disk")
        self.start()

    def test_16_a_second_daemon_changes_nothing(self):
        look = "stat -c '%n %U %a %i' /run/twofactor /run/twofactor/* /var/lib/twofactor /var/lib/twofactor/* /etc/twofactor/*"
        self.call("core.ping")
        before = self.machine.run(look).stdout
        done = self.machine.run("twofactord --foreground", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("another twofactord uses", done.stderr)
        self.assertEqual(self.machine.run(look).stdout, before)
        self.assertEqual(self.call("auth.me")["result"]["pw_name"], "root")

    def restarts(self, unit, seconds):
        count = f"systemctl show -P NRestarts {unit}"
        before = int(self.machine.run(count).stdout)
        time.sleep(seconds)
        return int(self.machine.run(count).stdout) - before

    def test_17_a_program_that_cannot_run_is_started_with_a_pause_and_serves_once_it_is_mended(self):
        """Its library is missing. On a slow machine everything takes longer, so it starts less often."""
        for program in ("twofactord", "twofactor-accounts"):
            with self.subTest(program):
                path = self.machine.root + f"/usr/libexec/twofactor/{program}"
                os.rename(path, path + ".whole")
                with open(path + ".whole", "rb") as file:
                    broken = file.read().replace(b"libc.so.6\0", b"libx.so.6\0")
                with open(path, "wb") as file:
                    file.write(broken)
                os.chmod(path, 0o755)
                self.assertEqual(self.machine.run(f"/usr/libexec/twofactor/{program}", check=False).returncode, 127)
                self.machine.run(f"systemctl stop {program}.service; systemctl start --no-block {program}.service")
                # Calls meanwhile make it no worse.
                waiting = self.machine.start("socat -t 60 - UNIX-CONNECT:/run/twofactor/api.sock", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                self.assertLessEqual(self.restarts(program, 22), 5)
                self.assertEqual(self.machine.run(f"systemctl is-active {program}.socket").stdout, "active\n")
                os.replace(path + ".whole", path)
                waiting.communicate(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "core.ping", "params": []}) + "\n")
                self.until(lambda: self.call("auth.me").get("result", {}).get("pw_name") == "root", f"{program} serves", 60)

    def test_18_a_clock_that_was_ahead_delays_nobody_but_who_logged_in_meanwhile(self):
        library = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)
        if library is None:
            self.skipTest("needs faketime")
        shutil.copy(library, self.machine.root + "/usr/lib/libfaketimeMT.so.1")
        clock = {"LD_PRELOAD": "/usr/lib/libfaketimeMT.so.1", "FAKETIME_TIMESTAMP_FILE": "/etc/clock", "FAKETIME_NO_CACHE": "1",
                 "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self.machine.write("/etc/systemd/system/twofactord.service.d/clock.conf",
                           "[Service]\n" + "".join(f"Environment={name}={value}\n" for name, value in clock.items()))
        self.machine.write("/etc/pam.d/su", "auth required pam_twofactor.so\naccount required pam_permit.so\nsession required pam_permit.so\n")
        self.machine.run("id bob || useradd -m -s /bin/bash bob")
        two_hours = 7200
        environment = " ".join(f"{name}={value}" for name, value in clock.items())

        def set_clock(ahead):
            self.machine.write("/etc/clock.new", f"{ahead:+}\n")
            self.machine.run("mv /etc/clock.new /etc/clock")
            time.sleep(3)  # The daemon looks each second.

        def login(user, code):
            # With root's su, so that the library is used.
            return self.machine.run(f"{environment} su {user} -c 'echo LOGGED-IN' 2>&1", check=False, stdin=code + "\n").stdout

        def code_of(user, ahead=0):
            return hotp(secrets[user], int(time.time() + ahead) // STEP_SECONDS)

        def wait_of(user, ahead=0):
            """Returns how long the user is told to wait; 0 for one who got in."""
            said = login(user, code_of(user, ahead))
            told = re.search(r"(\d+) second", said)
            self.assertTrue("LOGGED-IN" in said or told, said)
            return int(told.group(1)) if told else 0

        set_clock(0)
        self.machine.run("systemctl daemon-reload; systemctl restart twofactord")
        secrets = {user: secret_of(self.machine.run(f"twofactorctl --json renew --no-confirm {user}").stdout) for user in ("alice", "bob")}
        # Wrong at the boot, and nobody logs in meanwhile.
        set_clock(two_hours)
        self.machine.reboot()
        set_clock(0)
        self.assertIn("clock.set-back", self.machine.run("twofactorctl --json doctor", check=False).stdout)
        self.assertLessEqual(wait_of("bob"), 2 * STEP_SECONDS)
        # Wrong while the machine runs, and alice logs in.
        set_clock(two_hours)
        # A new epoch has begun, as at a boot.
        if wait := wait_of("alice", two_hours):
            self.assertLessEqual(wait, 2 * STEP_SECONDS)
            time.sleep(wait + 1)
            self.assertIn("LOGGED-IN", login("alice", code_of("alice", two_hours)))
        time.sleep(3)
        set_clock(0)
        self.assertIn("clock.set-back", self.machine.run("twofactorctl --json doctor", check=False).stdout)
        self.machine.reboot()
        self.machine.reboot()
        self.assertLessEqual(wait_of("bob"), 2 * STEP_SECONDS)
        wait = wait_of("alice")
        # Not the step that was used, and not those before the reboots.
        self.assertTrue(two_hours - 600 < wait <= two_hours + STEP_SECONDS, wait)
        doctor = self.machine.run("twofactorctl --json doctor", check=False).stdout
        self.assertIn("clock.devices-ahead", doctor)
        self.assertIn("twofactorctl accept-time", doctor)
        self.assertEqual(json.loads(self.machine.run("twofactorctl --json accept-time").stdout)["devices"], 1)
        self.assertIn("TWOFACTOR_OUTCOME=success",
                      self.machine.run("journalctl --no-pager -o export TWOFACTOR_METHOD=twofactor.accept_time").stdout)
        said = login("alice", code_of("alice"))
        self.assertLessEqual(int(re.search(r"(\d+) second", said).group(1)), 2 * STEP_SECONDS, said)
        self.machine.run("rm /etc/systemd/system/twofactord.service.d/clock.conf; cp /root/su /etc/pam.d/su; systemctl daemon-reload;"
                         " systemctl restart twofactord")


if __name__ == "__main__":
    unittest.main(verbosity=2, failfast=True)
