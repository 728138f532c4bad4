"""The whole path on a real system: a secret is renewed over the socket, and its codes open sshd, sudo and su.

Codes come from oathtool. The tests run in the order of their names, on one machine.
"""

import json
import os
import re
import time
import unittest

from machine import Machine

PASSWORD = "correct horse"
# In seconds. Short, so that nobody waits long for the next code.
SHORT_INTERVAL = 10
# Debian's own stack, with our line in the place that pam_twofactor(8) gives.
COMMON_AUTH = """auth [success=1 default=ignore] pam_unix.so nullok
auth requisite pam_deny.so
auth required pam_permit.so
auth required pam_twofactor.so {options}
"""
SSHD_CONFIG = """UsePAM yes
KbdInteractiveAuthentication yes
PasswordAuthentication no
PermitRootLogin no
MaxAuthTries 20
"""


class BootedSystem(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.machine = machine = Machine(os.environ["TWOFACTOR_PACKAGES"])
        cls.addClassCleanup(machine.remove)
        here = os.path.dirname(os.path.abspath(__file__))
        for script in ("ssh.exp", "local.exp"):
            with open(f"{here}/{script}", encoding="utf-8") as file:
                machine.write(f"/usr/local/lib/twofactor-tests/{script}", file.read())
        machine.write("/etc/ssh/sshd_config.d/twofactor.conf", SSHD_CONFIG)
        machine.write("/etc/pam.d/common-auth", COMMON_AUTH.format(options="nullok"))
        machine.write("/etc/sudoers.d/alice", "alice ALL=(ALL) ALL\nDefaults timestamp_timeout=0\n", 0o440)
        machine.boot()
        machine.run("ssh-keygen -A && systemctl restart ssh")
        for user in ("alice", "bob", "carol"):
            machine.run(f"useradd -m -s /bin/bash {user} && echo '{user}:{PASSWORD}' | chpasswd")
        cls.secrets = {}
        cls.used = {}
        cls.intervals = {}

    # Verbs ------------------------------------------------------------------------------------------------------

    def call(self, method, *params, user="root"):
        """Makes one JSON-RPC call over the socket with socat, as `user`; returns the whole answer."""
        request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        done = self.machine.run("socat -t 20 - UNIX-CONNECT:/run/twofactor/api.sock", user=user, stdin=request + "\n")
        return json.loads(done.stdout)

    def renew(self, user, caller=None, **options):
        answer = self.call("user.renew_2fa_secret", user, options, user=caller or user)
        self.assertIn("result", answer, answer)
        uri = answer["result"]["twofactor_config"]["provisioning_uri"]
        self.secrets[user] = re.search(r"secret=([A-Z2-7]+)", uri).group(1)
        self.used[user] = 0
        self.intervals[user] = answer["result"]["twofactor_config"]["interval"]
        return answer["result"]

    def code(self, user, at=None, secret=None):
        moment = f"@{int(at)}" if at else "now"
        return self.machine.run(
            f"oathtool --totp --base32 --time-step-size {self.intervals[user]} --now '{moment}' -",
            stdin=secret or self.secrets[user]).stdout.strip()

    def fresh_code(self, user):
        """Returns an unused code. Waits for the next step if it must, and not to the end of a step."""
        while True:
            now = time.time()
            interval = self.intervals[user]
            step = int(now // interval)
            if step > self.used[user] and now % interval < interval - 3:
                self.used[user] = step
                return self.code(user, now)
            time.sleep(0.2)

    def ssh(self, user, code, password=PASSWORD, source="127.0.0.1"):
        return self.machine.run(f"expect /usr/local/lib/twofactor-tests/ssh.exp {user} '{password}' '{code}' {source}",
                                check=False).stdout.strip()

    def local(self, user, code, command, password=PASSWORD):
        return self.machine.run(
            f"expect /usr/local/lib/twofactor-tests/local.exp '{password}' '{code}' {command}", user=user,
            check=False).stdout.strip()

    # Tests ------------------------------------------------------------------------------------------------------

    def test_01_services_are_ready_and_the_daemon_has_no_rights(self):
        self.machine.run("systemctl is-active twofactord.service twofactord.socket twofactor-accounts.socket")
        status = self.machine.run("grep -E '^(Uid|CapEff|CapBnd|NoNewPrivs)' /proc/$(pidof twofactord)/status").stdout
        self.assertRegex(status, r"CapEff:\s+0000000000000000")
        self.assertRegex(status, r"CapBnd:\s+0000000000000000")
        self.assertNotRegex(status, r"Uid:\s+0\s")
        # The host decides how much memory it may lock; its own system call filter must allow it.
        self.assertNotRegex(self.machine.run("journalctl -u twofactord --no-pager").stdout,
                            r"lock memory .*Operation not permitted")
        self.assertEqual(self.call("core.ping")["result"], "pong")
        modes = self.machine.run("stat -c '%n %U %a' /run/twofactor/* /var/lib/twofactor/vault.sqlite").stdout
        self.assertEqual(
            sorted(modes.split("\n")[:-1]),
            ["/run/twofactor/accounts.sock twofactor 600", "/run/twofactor/api.sock twofactor 666",
             "/run/twofactor/index twofactor 600", "/run/twofactor/ledger twofactor 600", "/run/twofactor/lock twofactor 600",
             "/run/twofactor/records twofactor 600", "/var/lib/twofactor/vault.sqlite twofactor 600"])

    def test_02_a_user_renews_over_the_socket_and_gets_the_whole_entry(self):
        entry = self.renew("alice")
        self.assertEqual(entry["username"], "alice")
        self.assertTrue(entry["local"])
        self.assertFalse(entry["builtin"])
        self.assertEqual(entry["unixhash"], "********")
        self.assertEqual(entry["password_age"], 0)
        self.assertTrue(entry["twofactor_auth_configured"])
        self.assertEqual(len(entry), 32)
        self.assertEqual((entry["twofactor_config"]["interval"], entry["twofactor_config"]["otp_digits"]), (30, 6))
        self.renew("alice", caller="root", interval=SHORT_INTERVAL)

    def test_03_ssh_opens_with_password_and_code_and_not_with_the_same_code_again(self):
        code = self.fresh_code("alice")
        self.assertEqual(self.ssh("alice", code), "LOGGED-IN")
        self.assertIn("REFUSED", self.ssh("alice", code))

    def test_04_ssh_refuses_a_wrong_code_and_a_wrong_password(self):
        code = self.fresh_code("alice")
        wrong = f"{(int(code) + 1) % 1000000:06d}"
        self.assertIn("REFUSED", self.ssh("alice", wrong))
        self.assertIn("REFUSED", self.ssh("alice", code, password="wrong"))

    def test_05_sudo_and_su_ask_and_accept(self):
        self.assertEqual(self.local("alice", self.fresh_code("alice"), "sudo -k sh -c 'echo ran:$(whoami)'"),
                         "ran:root")
        self.assertIn("REFUSED", self.local("alice", "000000", "sudo -k sh -c 'echo ran:$(whoami)'"))
        self.assertEqual(self.local("bob", self.fresh_code("alice"), "su alice -c 'echo ran:$(whoami)'"), "ran:alice")
        self.assertIn("REFUSED", self.local("bob", "000000", "su alice -c 'echo ran:$(whoami)'"))

    def test_06_another_users_renewal_is_eperm(self):
        answer = self.call("user.renew_2fa_secret", "alice", {}, user="bob")
        self.assertEqual(answer["error"]["code"], -32001)
        self.assertEqual(answer["error"]["data"]["errname"], "EPERM")
        answer = self.call("user.renew_2fa_secret", "alice", {}, user="alice")
        self.assertEqual(answer["error"]["data"]["errname"], "EACCES")

    def test_07_logins_go_on_when_the_daemon_is_killed_and_kept_down(self):
        self.machine.run("kill -9 $(pidof twofactord)")
        self.assertEqual(self.ssh("alice", self.fresh_code("alice")), "LOGGED-IN")
        self.machine.run("systemctl stop twofactord.socket twofactord.service")
        self.assertEqual(self.machine.run("pidof twofactord", check=False).stdout, "")
        self.assertEqual(self.ssh("alice", self.fresh_code("alice")), "LOGGED-IN")
        self.machine.run("systemctl start twofactord.socket twofactord.service")
        self.assertEqual(self.call("core.ping")["result"], "pong")

    def test_08_used_codes_stay_used_over_a_kill_of_the_daemon(self):
        code = self.fresh_code("alice")
        self.assertEqual(self.ssh("alice", code), "LOGGED-IN")
        self.machine.run("kill -9 $(pidof twofactord)")
        self.assertEqual(self.call("core.ping")["result"], "pong")
        self.assertIn("REFUSED", self.ssh("alice", code))

    def test_09_after_a_renewal_the_old_secret_fails_at_once(self):
        old = self.secrets["alice"]
        self.renew("alice", caller="root")
        now = time.time()
        self.assertIn("REFUSED", self.ssh("alice", self.code("alice", now, secret=old)))
        self.assertEqual(self.ssh("alice", self.fresh_code("alice")), "LOGGED-IN")

    def test_10_every_interval_opens_ssh(self):
        self.renew("bob", interval=45, otp_digits=8)
        code = self.machine.run("oathtool --totp --base32 --digits 8 --time-step-size 45 -",
                                stdin=self.secrets["bob"]).stdout.strip()
        self.assertEqual(self.ssh("bob", code), "LOGGED-IN")

    def test_11_fields_follow_the_systems_own_tools(self):
        def entry():
            return self.call("user.get_instance", "carol")["result"]
        self.assertFalse(entry()["locked"])
        self.machine.run("usermod -L carol")
        self.assertTrue(entry()["locked"])
        self.machine.run("usermod -U carol && chage -d 0 carol")
        self.assertTrue(entry()["password_change_required"])
        self.machine.run("chage -d -1 carol && usermod -c 'Carol C,,,' -s /bin/sh carol && groupadd extra"
                         " && usermod -aG extra carol")
        self.assertEqual((entry()["full_name"], entry()["shell"]), ("Carol C", "/bin/sh"))
        gid = int(self.machine.run("getent group extra | cut -d: -f3").stdout)
        self.assertIn(gid, entry()["groups"])
        self.assertTrue(entry()["unixhash"].startswith("$"))

    def test_12_a_host_that_is_not_root_is_answered_by_the_daemon(self):
        self.machine.write("/etc/pam.d/locker", "auth required pam_twofactor.so\n")
        driver = os.environ["TWOFACTOR_BUILD"] + "/bin/pam_driver"
        with open(driver, "rb") as file:
            with open(self.machine.root + "/usr/local/bin/pam_driver", "wb") as copy:
                copy.write(file.read())
        self.machine.run("chmod 755 /usr/local/bin/pam_driver")
        command = "/usr/local/bin/pam_driver --confdir /etc/pam.d --service locker --user alice"
        code = self.fresh_code("alice")
        self.assertIn("PAM_SUCCESS", self.machine.run(command, user="alice", stdin=code + "\n", check=False).stdout)
        self.assertIn("PAM_AUTH_ERR", self.machine.run(command, user="alice", stdin=code + "\n", check=False).stdout)
        # Only its own user's: bob may not have alice's codes verified.
        self.assertIn("PAM_AUTHINFO_UNAVAIL",
                      self.machine.run(command, user="bob", stdin="123456\n", check=False).stdout)

    def test_13_doctor_sees_the_stacks(self):
        done = self.machine.run("twofactorctl --json doctor", check=False)
        findings = {finding["id"]: finding for finding in json.loads(done.stdout)["findings"]}
        self.assertIn("daemon.answers", findings)
        self.assertIn("sshd", findings["pam.nullok"]["text"])
        self.machine.write("/etc/pam.d/common-auth",
                           "auth sufficient pam_unix.so\n" + COMMON_AUTH.format(options=""))
        done = self.machine.run("twofactorctl --json doctor", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn('"pam.sshd.skipped"', done.stdout)
        self.machine.write("/etc/pam.d/common-auth", COMMON_AUTH.format(options="nullok"))

    def test_14_units_are_well_formed_and_shut_in(self):
        units = "twofactord.service twofactord.socket twofactor-accounts.service twofactor-accounts.socket" \
                " twofactor-key.service twofactor-upkeep.service twofactor-upkeep.timer"
        self.machine.run(f"systemd-analyze verify --man=no {units}")
        for unit, most in (("twofactord", 1.5), ("twofactor-key", 2.0), ("twofactor-accounts", 3.0), ("twofactor-upkeep", 1.5)):
            security = self.machine.run(f"systemd-analyze security --no-pager {unit}.service | tail -n 1").stdout
            self.assertLessEqual(float(re.search(r"(\d+\.\d+)", security).group(1)), most, security)
        # A unit that waits for a time server would lock everybody out meanwhile.
        for unit in units.split():
            if not unit.endswith(".timer"):
                self.assertNotIn("time-sync.target", self.machine.run(f"systemctl show -P After {unit}").stdout.split(), unit)
        self.assertIn("time-set.target", self.machine.run("systemctl show -P After twofactord.service").stdout.split())

    def test_15_no_secret_and_no_code_is_in_the_journal(self):
        journal = self.machine.run("journalctl --no-pager -o json-pretty").stdout
        for secret in self.secrets.values():
            self.assertNotIn(secret, journal)
        self.assertIn("TWOFACTOR_METHOD", journal)

    def test_16_the_manual_names_every_method_and_every_key(self):
        def page(name):
            return re.sub(r"\\f[A-Z]|\\&|\\", "", self.machine.run(f"zcat /usr/share/man/{name}.gz").stdout)
        api = page("man7/twofactor-api.7")
        for method in self.call("core.get_methods")["result"]:
            self.assertIn(method + "(", api)
        self.machine.run("twofactord --check-config")
        keys = re.findall(r"^; (\w+) =", self.machine.run("cat /etc/twofactor/twofactord.conf").stdout, re.MULTILINE)
        self.assertGreater(len(keys), 5)
        manual = page("man5/twofactord.conf.5")
        for key in keys:
            self.assertIn(key + " = ", manual)

    def test_17_a_code_used_before_a_reboot_is_refused_after_it_and_the_next_one_works(self):
        # Long enough for the code to be in the window when the machine is back.
        self.renew("alice", caller="root", interval=30)
        code = self.fresh_code("alice")
        self.assertEqual(self.ssh("alice", code), "LOGGED-IN")
        self.machine.reboot()
        self.assertLess(time.time() // 30 - self.used["alice"], 2, "the code has grown too old to say anything")
        self.assertIn("REFUSED", self.ssh("alice", code))
        # The epoch rule: a step that could have been used before the boot is refused; a later one is accepted.
        deadline = time.time() + 120
        while time.time() < deadline:
            if self.ssh("alice", self.fresh_code("alice")) == "LOGGED-IN":
                return
        self.fail("no code was accepted after the reboot")

    # What a user passes to su.

    def su_with(self, descriptors, code):
        """Runs su to alice as bob with this few descriptors; returns the result, and the module's entries in the journal."""
        start = time.time()
        command = f"""sh -c 'ulimit -n {descriptors}; exec su alice -c "echo ran:alice"'"""
        said = self.local("bob", code, command)
        self.machine.run("journalctl --sync")
        entries = self.machine.run(f"journalctl --no-pager -q -o json --since @{start:.6f} _UID=0 TWOFACTOR_SERVICE=su",
                                   check=False).stdout
        return said, [json.loads(line) for line in entries.splitlines()]

    def test_18_few_descriptors_hide_no_guess(self):
        bob = self.machine.run("id -u bob").stdout.strip()
        self.renew("alice", caller="root", interval=30)
        asked = 0
        for descriptors in (3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20):
            with self.subTest(descriptors=descriptors):
                self.machine.run("twofactorctl unlock alice")
                said, entries = self.su_with(descriptors, "000000")
                self.assertIn("REFUSED", said)
                if "before the" not in said:
                    asked += 1
                    self.assertEqual(len(entries), 1, said)
                self.assertLessEqual(len(entries), 1)
                for entry in entries:
                    self.assertIn(entry["TWOFACTOR_OUTCOME"], ("refused", "broken"))
                    self.assertEqual(entry["TWOFACTOR_CALLER_UID"], bob)
        self.assertGreater(asked, 0)
        self.machine.run("twofactorctl unlock alice")
        self.assertEqual(self.su_with(20, self.fresh_code("alice"))[0], "ran:alice")

    def test_19_few_descriptors_widen_no_window(self):
        self.renew("alice", caller="root", interval=30)
        self.machine.write("/etc/pam.d/common-auth", COMMON_AUTH.format(options="window=0"))
        for descriptors in (4, 5, 6, 7, 8, 10, 12, 20):
            with self.subTest(descriptors=descriptors):
                self.machine.run("twofactorctl unlock alice")
                # Not a code that becomes valid meanwhile.
                while time.time() % 30 > 15:
                    time.sleep(0.2)
                said, _ = self.su_with(descriptors, self.code("alice", time.time() + 30))
                self.assertIn("REFUSED", said)
        self.machine.write("/etc/pam.d/common-auth", COMMON_AUTH.format(options="nullok"))

    def test_20_hostile_names_are_readable_in_the_journal(self):
        start = time.time()
        self.machine.run("/usr/local/bin/pam_driver --confdir /etc/pam.d --service locker"
                         " --user \"$(printf 'eve\\302\\233\\342\\200\\256\\377x')\"", stdin="000000\n", check=False)
        self.machine.run("journalctl --sync")
        entries = self.machine.run(f"journalctl --no-pager -q -o json --since @{start:.6f} _UID=0 TWOFACTOR_SERVICE=locker").stdout
        [entry] = [json.loads(line) for line in entries.splitlines()]
        # journald shows what it does not recognize as text as a list of bytes.
        self.assertEqual(entry["TWOFACTOR_USER"], "eve???x")
        self.assertIn("user eve???x: second factor refused", entry["MESSAGE"])

    def test_21_failures_of_a_stranger_do_not_stop_a_known_origin(self):
        # Longer than it takes until there is an unused code.
        self.machine.run("cp -a /etc/twofactor/twofactord.conf /root/twofactord.conf")
        self.addCleanup(self.machine.run, "mv /root/twofactord.conf /etc/twofactor/ && systemctl reload twofactord")
        self.machine.write("/etc/twofactor/twofactord.conf", "[throttle]\nfirst_wait = 300\n")
        self.machine.run("systemctl reload twofactord")
        self.machine.run("twofactorctl unlock alice")
        self.assertEqual(self.ssh("alice", self.fresh_code("alice")), "LOGGED-IN")
        for _ in range(6):
            self.assertIn("REFUSED", self.ssh("alice", "000000", source="127.0.0.2"))
        self.assertIn("REFUSED", self.ssh("alice", self.fresh_code("alice"), source="127.0.0.2"))
        self.assertEqual(self.ssh("alice", self.fresh_code("alice")), "LOGGED-IN")
        self.machine.run("systemctl stop twofactord.socket twofactord")
        self.assertEqual(self.ssh("alice", self.fresh_code("alice")), "LOGGED-IN")
        self.machine.run("systemctl start twofactord.socket twofactord")
        origins = self.machine.run("journalctl --no-pager -o cat --output-fields=TWOFACTOR_ORIGIN"
                                   " TWOFACTOR_USER=alice TWOFACTOR_RHOST=127.0.0.2").stdout.split()
        self.assertEqual(set(origins), {"unknown"})
        origins = self.machine.run("journalctl --no-pager -o cat --output-fields=TWOFACTOR_ORIGIN"
                                   " TWOFACTOR_USER=alice TWOFACTOR_RHOST=127.0.0.1").stdout.split()
        self.assertEqual(origins[-2:], ["known", "known"])

    def locker(self, options, code, descriptors=1024, user="alice"):
        """Returns the result of a login of alice in a program that `user` runs with this few descriptors; the daemon verifies for users other than root."""
        self.machine.write("/etc/pam.d/locker", f"auth required pam_twofactor.so {options}\n")
        # None that were inherited.
        command = 'for fd in /proc/self/fd/*; do fd=${fd##*/}; [ "$fd" -le 2 ] || eval "exec $fd>&-"; done' \
                  f"; ulimit -n {descriptors}; exec /usr/local/bin/pam_driver --confdir /etc/pam.d --service locker --user alice"
        return self.machine.run(command, user=user, stdin=code + "\n", check=False).stdout.split()[-1]

    def test_22_options_of_the_line_hold_where_the_daemon_verifies(self):
        self.addCleanup(self.machine.write, "/etc/pam.d/locker", "auth required pam_twofactor.so\n")
        self.machine.run("twofactorctl unlock alice")
        self.renew("alice", caller="root", interval=30, otp_digits=6)

        def await_young_step():
            # Not at the end of a step, when the next step's code becomes valid.
            while time.time() % 30 > 15:
                time.sleep(0.2)

        await_young_step()
        self.assertEqual(self.locker("window=0", self.code("alice", time.time() + 30)), "PAM_AUTH_ERR")
        # The administrator's window is 1, and a line does not widen it.
        self.assertEqual(self.locker("window=10", self.code("alice", time.time() + 60)), "PAM_AUTH_ERR")
        self.assertEqual(self.locker("window=1", self.code("alice", time.time() + 30)), "PAM_SUCCESS")
        self.renew("alice", caller="root", interval=30, otp_digits=8)
        await_young_step()
        code = self.machine.run("oathtool --totp --base32 --digits 8 -", stdin=self.secrets["alice"]).stdout.strip()
        self.assertEqual(self.locker("digits=6", code), "PAM_AUTH_ERR")
        self.assertEqual(self.locker("digits=8", code), "PAM_SUCCESS")
        self.assertEqual(self.locker("digits=8", code), "PAM_AUTH_ERR")

    def test_23_nine_descriptors_are_enough_and_with_eight_nobody_is_asked(self):
        """As pam_twofactor(8) says, in addition to the three that every program has."""
        self.addCleanup(self.machine.write, "/etc/pam.d/locker", "auth required pam_twofactor.so\n")
        self.machine.run("twofactorctl unlock alice")
        for user in ("alice", "root"):
            self.renew("alice", caller="root", interval=30, otp_digits=6)
            self.assertEqual(self.locker("", self.fresh_code("alice"), descriptors=3 + 8, user=user), "PAM_BUF_ERR", user)
            self.assertEqual(self.locker("", self.code("alice"), descriptors=3 + 9, user=user), "PAM_SUCCESS", user)


if __name__ == "__main__":
    unittest.main(verbosity=2, failfast=True)
