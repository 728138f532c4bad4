"""Several devices of one user, counters, recovery codes, wrong clocks and wrong codes, at ssh and through libpam in a booted Debian.

Codes come from oathtool. Each test has its own users, on one machine.
"""

import json
import os
import re
import shutil
import subprocess
import time
import unittest

from login_test import PASSWORD, SSHD_CONFIG
from machine import Machine

FOLDER = "/usr/local/lib/twofactor-tests"
HERE = os.path.dirname(os.path.abspath(__file__))
# Without nodelay, pam_unix would wait two seconds after each failure.
COMMON_AUTH = """auth [success=1 default=ignore] pam_unix.so nodelay
auth requisite pam_deny.so
auth required pam_permit.so
auth required pam_twofactor.so show_wait
"""
PAM_DRIVER = "/usr/local/bin/pam_driver"
USERS = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy")
FREE_TRIES = 5
LOOK_AHEAD = 10
RECOVERY_CODES = 10


class Devices(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.machine = machine = Machine(os.environ["TWOFACTOR_PACKAGES"])
        cls.addClassCleanup(machine.remove)
        with open(f"{HERE}/ssh.exp", encoding="utf-8") as file:
            machine.write(f"{FOLDER}/ssh.exp", file.read())
        shutil.copy(os.environ["TWOFACTOR_BUILD"] + "/bin/pam_driver", machine.root + PAM_DRIVER)
        machine.write("/etc/ssh/sshd_config.d/twofactor.conf", SSHD_CONFIG)
        machine.write("/etc/pam.d/common-auth", COMMON_AUTH)
        machine.write("/etc/pam.d/code-alone", "auth required pam_twofactor.so\n")
        machine.write("/etc/pam.d/code-or-none", "auth required pam_twofactor.so nullok\nauth required pam_permit.so\n")
        machine.write("/etc/pam.d/code-once", "auth required pam_twofactor.so grace_period=2592000\n")
        machine.boot()
        machine.run("ssh-keygen -A && systemctl restart ssh")
        machine.run("".join(f"useradd -m -s /bin/bash {user} && " for user in USERS) + "chpasswd",
                    stdin="".join(f"{user}:{PASSWORD}\n" for user in USERS))

    # Verbs ------------------------------------------------------------------------------------------------------

    def ctl(self, words, user=None, stdin="", status=0):
        """Runs twofactorctl --json; returns its object."""
        done = self.machine.run(f"twofactorctl --json {words}", user=user, stdin=stdin, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def add(self, user, options=""):
        """Enrolls a new secret for a user with one of its codes: that of the previous step, or the counter's first. Returns the secret."""
        counts = "hotp" in options
        algorithm = (re.findall(r"sha\d+", options) or ["sha1"])[0]
        interval = int((re.findall(r"interval (\d+)", options) or [30])[0])
        renewal = self.machine.start(f"twofactorctl --json renew --no-qr {options} {user}", stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(renewal.stderr.readline(), "New secret:\n")
        secret = renewal.stderr.readline().replace(" ", "").strip()
        # Not at the end of a step, when the previous one is about to expire.
        if time.time() % interval > interval - 2:
            time.sleep(2)
        code = self.hotp(secret, 2)[0] if counts else self.totp(secret, int(time.time() // interval) - 1, interval,
                                                                algorithm)
        done = json.loads(renewal.communicate(code + "\n")[0])
        self.assertTrue(done.get("added"), done)
        return secret

    def devices(self, user):
        return {device["label"]: device for device in self.ctl(f"devices {user}")["devices"]}

    def hotp(self, secret, count):
        """Returns the codes of the counters 0 to count - 1."""
        return self.machine.run(f"oathtool --hotp --base32 --counter 0 --window {count - 1} -",
                                stdin=secret).stdout.split()

    def totp(self, secret, step, interval=30, algorithm="sha1"):
        return self.machine.run(
            f"oathtool --totp={algorithm} --base32 --time-step-size {interval} --now '@{step * interval}' -",
            stdin=secret).stdout.strip()

    def ssh(self, user, code):
        return self.machine.run(f"expect {FOLDER}/ssh.exp {user} '{PASSWORD}' '{code}'", check=False).stdout.strip()

    def login(self, user, code):
        """Logs in to an application that runs as root, with a code alone; returns the code of libpam."""
        return self.login_words(user, code).split()[-1]

    def login_words(self, user, code):
        return self.machine.run(f"{PAM_DRIVER} --confdir /etc/pam.d --service code-alone --user {user}",
                                stdin=code + "\n", check=False).stdout

    def login_from_afar(self, user, code=""):
        """The same from a host whose logins are remembered."""
        return self.machine.run(f"{PAM_DRIVER} --confdir /etc/pam.d --service code-once --user {user} --rhost 192.0.2.7",
                                stdin=code + "\n", check=False).stdout.split()[-1]

    def assertNotAskedAgainUntil(self, user, code, change):
        """A login with a code also lets the next ones in, until the second factor is changed."""
        self.assertEqual(self.login_from_afar(user, code), "PAM_SUCCESS")
        self.assertEqual(self.login_from_afar(user), "PAM_SUCCESS", f"before {change}")
        self.machine.run(change)
        self.assertEqual(self.login_from_afar(user), "PAM_AUTH_ERR", f"after {change}")

    def assertLetIn(self, user, code):
        self.assertEqual(self.ssh(user, code), "LOGGED-IN")

    def assertRefused(self, user, code, words="REFUSED"):
        self.assertIn(words, self.ssh(user, code))

    def add_silent_directory(self):
        """Makes users that the system knows by name and uid, but does not enumerate (nss_adlike.c)."""
        shutil.copy(os.environ["TWOFACTOR_BUILD"] + "/lib/libnss_adlike.so.2", self.machine.root + "/usr/lib/")
        self.machine.run("cp /etc/nsswitch.conf /etc/nsswitch.kept && sed -i 's/^passwd:.*/& adlike/' /etc/nsswitch.conf")
        self.addCleanup(self.machine.run, "mv /etc/nsswitch.kept /etc/nsswitch.conf")
        self.machine.run("getent passwd 892600500 && ! getent passwd | grep adalice")

    def outcomes(self, words, stdin="", status=0):
        """Returns what an import says about each user."""
        return {row["username"]: (row["outcome"], row["reason"]) for row in self.ctl(f"import {words}", stdin=stdin, status=status)["results"]}

    def configure(self, text):
        self.machine.write("/etc/twofactor/twofactord.conf", text)
        self.machine.run("systemctl reload twofactord")

    def kill_daemon(self):
        self.machine.run("kill -9 $(pidof twofactord)")

    # Tests ------------------------------------------------------------------------------------------------------

    def test_counter_is_let_in_with_skipped_codes_and_not_with_used_ones_and_can_be_resynchronised(self):
        # The first one was used to enroll.
        codes = self.hotp(self.add("alice", "--type hotp --label key"), 60)[1:]
        self.assertLetIn("alice", codes[0])
        self.assertRefused("alice", codes[0])
        self.assertLetIn("alice", codes[1 + LOOK_AHEAD])
        self.assertEqual(self.login("alice", codes[5]), "PAM_AUTH_ERR")
        # The button was pressed for fun.
        self.assertRefused("alice", codes[40])
        synced = self.ctl("resync", user="alice", stdin=f"{codes[40]}\n{codes[41]}\n")
        self.assertEqual(synced, {"changed": True, "username": "alice", "id": 0})
        self.assertEqual(self.login("alice", codes[41]), "PAM_AUTH_ERR")
        self.assertLetIn("alice", codes[42])
        # Two codes in a row of which one is used prove nothing.
        self.ctl("resync", user="alice", stdin=f"{codes[42]}\n{codes[43]}\n", status=1)

    def test_host_that_is_remembered_is_asked_again_once_anything_of_the_second_factor_changed(self):
        phone, stolen = self.add("ivan", "--label phone"), self.add("ivan", "--label stolen")
        step = int(time.time() // 30)
        stolen_codes, phone_codes = ([self.totp(secret, at) for at in (step, step + 1)] for secret in (stolen, phone))
        self.assertNotAskedAgainUntil("ivan", stolen_codes[0], "twofactorctl bypass ivan --for 1h && twofactorctl bypass ivan --end")
        self.assertNotAskedAgainUntil("ivan", stolen_codes[1], "twofactorctl remove-device --yes ivan 1")
        self.assertNotAskedAgainUntil("ivan", phone_codes[0], "twofactorctl recovery-codes ivan")
        self.assertNotAskedAgainUntil("ivan", phone_codes[1], "systemctl restart twofactord")

    def test_each_device_works_alone_and_dies_alone(self):
        phone, tablet = self.add("bob", "--label phone"), self.add("bob", "--label tablet --algorithm sha256")
        step = int(time.time() // 30)
        tablet_codes = [self.totp(tablet, at, algorithm="sha256") for at in (step, step + 1)]
        self.assertLetIn("bob", self.totp(phone, step))
        self.assertLetIn("bob", tablet_codes[0])
        self.assertRefused("bob", self.totp(phone, step), "used before")
        self.assertIn("used before", self.login_words("bob", tablet_codes[0]))
        # The step after this one is within the window.
        self.ctl("rename-device bob 0 'old phone'")
        self.assertFalse(self.ctl("rename-device bob 0 'old phone'")["changed"])
        self.assertTrue(self.ctl("remove-device --yes bob 0")["changed"])
        self.assertFalse(self.ctl("remove-device --yes bob 0")["changed"])
        self.assertRefused("bob", self.totp(phone, step + 1))
        self.assertLetIn("bob", tablet_codes[1])
        self.assertIn("last device", self.ctl("remove-device --yes bob 1", status=1)["error"])
        self.assertEqual(list(self.devices("bob")), ["tablet"])

    def test_recovery_codes_open_one_login_each_and_prove_who_one_is(self):
        secret = self.add("carol", "--label phone")
        self.assertIn("code", self.ctl("recovery-codes", user="carol", status=4)["error"])
        made = self.ctl("recovery-codes", user="carol", stdin=self.totp(secret, int(time.time() // 30)) + "\n")
        codes = made["recovery_codes"]
        self.assertEqual(len(set(codes)), RECOVERY_CODES)
        self.assertLetIn("carol", codes[0])
        self.assertRefused("carol", codes[0])
        self.assertLetIn("carol", codes[1].replace("-", "").upper())
        self.kill_daemon()
        self.assertEqual(self.login("carol", codes[1]), "PAM_AUTH_ERR")
        self.assertEqual(self.ctl("status carol")["recovery_codes_left"], RECOVERY_CODES - 2)
        # The phone is lost: one code proves who she is, and gets new ones.
        renewed = self.ctl("recovery-codes", user="carol", stdin=codes[2] + "\n")
        self.assertEqual(self.login("carol", codes[3]), "PAM_AUTH_ERR")
        self.assertLetIn("carol", renewed["recovery_codes"][3])
        words = self.login_words("carol", renewed["recovery_codes"][4])
        self.assertIn(f"You have {RECOVERY_CODES - 2} ", words)

    def test_one_recovery_code_opens_one_of_32_logins_at_once(self):
        self.add("dave")
        code = self.ctl("recovery-codes dave")["recovery_codes"][0]
        done = self.machine.run(
            "for i in $(seq 32); do echo $i; done | xargs -P 32 -I{} sh -c"
            f" 'echo {code} | {PAM_DRIVER} --confdir /etc/pam.d --service code-alone --user dave | tail -n 1'")
        outcomes = done.stdout.split() if done.returncode == 0 else []
        self.assertEqual(len(outcomes), 32)
        self.assertEqual(outcomes.count("PAM_SUCCESS"), 1, outcomes)
        self.assertEqual(self.ctl("devices dave")["recovery_codes_left"], RECOVERY_CODES - 1)

    def test_counter_that_was_used_stays_used_when_the_daemon_is_killed_the_next_moment(self):
        codes = self.hotp(self.add("erin", "--type hotp"), 5)[1:]
        for code in codes[:3]:
            self.assertEqual(self.login("erin", code), "PAM_SUCCESS")
            self.kill_daemon()
            self.assertEqual(self.login("erin", code), "PAM_AUTH_ERR")
        self.assertLetIn("erin", codes[3])

    def test_secret_that_stands_in_a_file_twice_is_one_device_and_its_code_opens_one_login(self):
        secret = "eb22bf0f27b566b5beec409cf4233ee1093dd53a"
        base32 = "5MRL6DZHWVTLLPXMICOPIIZ64EET3VJ2"
        self.machine.write("/root/users.oath", f"HOTP/T30/6 judy - {secret}\nHOTP/T30 judy - {secret.upper()}\n")
        imported = self.ctl("import /root/users.oath")["results"][0]
        self.assertEqual(imported["outcome"], "imported", imported)
        self.assertIn("line 1 and line 2 have the same secret", imported["notes"][0])
        self.assertEqual(len(self.devices("judy")), 1)
        code = self.totp(base32, int(time.time() // 30))
        self.assertEqual([self.login("judy", code) for _ in range(3)], ["PAM_SUCCESS"] + ["PAM_AUTH_ERR"] * 2)
        # Nor can someone who calls the daemon directly.
        devices = [{"type": "TOTP", "secret": base32, "label": label} for label in ("phone", "tablet")]
        user = {"username": "judy", "uid": int(self.machine.run("id -u judy").stdout), "devices": devices}
        answer = self.machine.call("user.import_2fa_devices", [user], {"replace": True})["result"][0]
        self.assertEqual(answer["outcome"], "imported")
        self.assertIn("'tablet'", answer["reason"])
        self.assertEqual(list(self.devices("judy")), ["phone"])
        self.assertEqual(self.login("judy", code), "PAM_AUTH_ERR")
        # Used codes stay used if the second factor was removed meanwhile, and a renewal revokes the secret.
        self.ctl("unset --yes judy")
        self.ctl("import /root/users.oath")
        self.assertEqual(self.login("judy", code), "PAM_AUTH_ERR")
        self.assertIn("result", self.machine.call("user.renew_2fa_secret", "judy", {}))
        step = int(time.time() // 30)
        self.assertEqual({self.login("judy", self.totp(base32, at)) for at in (step, step + 1)}, {"PAM_AUTH_ERR"})

    def test_users_of_a_directory_that_lists_nobody_are_known_by_name_and_uid(self):
        secret = "5MRL6DZHWVTLLPXM"
        self.add_silent_directory()
        self.addCleanup(self.machine.run, "twofactorctl unset --yes adalice; twofactorctl unset --yes fqbob@corp.example")
        for uid in (892600500, 892600501):
            home = f"/home/u{uid}"
            self.machine.run(f"install -d -m 700 -o {uid} -g 100 {home} && install -m 400 -o {uid} -g 100 /dev/stdin {home}/.google_authenticator",
                             stdin=f'{secret}\n" TOTP_AUTH\n12345678\n')
        # The command says who is imported, or how to name them.
        asked = self.machine.run("twofactorctl import --homes --dry-run")
        self.assertNotIn("fqbob", asked.stdout)
        self.assertIn("--users FILE", asked.stderr)
        self.assertEqual(self.outcomes("--homes --dry-run --users -", "corp:x:5000:adalice,fqbob\n"),
                         {"adalice": ("would_import", ""), "fqbob@corp.example": ("would_import", "")})
        self.assertEqual(self.outcomes("--homes fqbob@corp.example"), {"fqbob@corp.example": ("imported", "")})
        self.ctl("renew --no-confirm 'CORP\\adalice'")
        # Everybody in the vault is known.
        listed = {user["username"]: user["uid"] for user in self.ctl("list")["users"]}
        self.assertEqual((listed.get("adalice"), listed.get("fqbob@corp.example")), (892600500, 892600501))
        self.assertIn("adalice (uid 892600500): 6 digits, 30 s\n", self.machine.run("twofactorctl list").stdout)
        filters = [["twofactor_auth_configured", "=", True], ["uid", ">", 892600000]]
        found = self.machine.call("user.query", filters, {"select": ["username"], "order_by": ["username"]})
        self.assertEqual(found["result"], [{"username": "adalice"}, {"username": "fqbob@corp.example"}])
        self.assertEqual(self.outcomes("--homes --dry-run --replace"),
                         {"adalice": ("would_import", ""), "fqbob@corp.example": ("would_import", "")})
        self.assertEqual(self.ctl("stale")["stale"], [])
        doctor = json.loads(self.machine.run("twofactorctl --json doctor", check=False).stdout)
        self.assertIn("stale.none", [finding["id"] for finding in doctor["findings"]])
        # Whatever spelling they log in with.
        code = self.totp(secret, int(time.time() // 30))
        self.assertEqual([self.login("fqbob", code) for _ in range(2)], ["PAM_SUCCESS", "PAM_AUTH_ERR"])

    def test_names_that_the_stores_do_not_take_are_refused_with_the_reason_and_let_in_by_nullok(self):
        self.add_silent_directory()
        for spellings, reason in ((("CORP/dora", "dora"), "'/'"), ((113 * "n", "longname"), "112 bytes")):
            for name in spellings:
                for command in ("renew --no-confirm", "status", "devices", "unlock", "unset --yes"):
                    done = self.machine.run(f"twofactorctl {command} {name}", check=False)
                    self.assertNotEqual(done.returncode, 0, done.stdout)
                    self.assertIn(reason, done.stderr, f"{command} {name}")
                (outcome, why), = self.outcomes(f"--user {name} -", f"otpauth://totp/x:{name}?secret=5MRL6DZHWVTLLPXM\n", status=1).values()
                self.assertEqual(outcome, "refused")
                self.assertIn(reason, why)
                # Like everybody without a second factor.
                service = f"{PAM_DRIVER} --confdir /etc/pam.d --user {name} --service"
                self.assertEqual(self.machine.run(f"{service} code-or-none", check=False).stdout, "PAM_SUCCESS\n")
                self.assertEqual(self.machine.run(f"{service} code-alone", stdin="123456\n", check=False).stdout.split()[-1], "PAM_AUTH_ERR")
        journal = self.machine.run("journalctl --sync && journalctl --no-pager -o cat -b").stdout
        self.assertIn("the user's name must be at most 112 bytes", journal)

    def test_wrong_codes_are_one_count_of_module_and_daemon_and_unlock_forgets_it(self):
        secret = self.add("frank", "--label phone")
        step = int(time.time() // 30)
        codes = [self.totp(secret, at) for at in (step, step + 1)]
        wrong = f"{(int(codes[0]) + 1) % 1000000:06d}"
        while wrong in [self.totp(secret, at) for at in range(step - 25, step + 26)]:
            wrong = f"{(int(wrong) + 1) % 1000000:06d}"
        self.assertRefused("frank", wrong)
        self.assertEqual(self.login("frank", wrong), "PAM_AUTH_ERR")
        for _ in range(FREE_TRIES - 2):
            self.assertIs(self.machine.call("user.verify_twofactor_token", "frank", wrong)["result"], False)
        self.assertEqual(self.devices("frank")["phone"]["failures"], FREE_TRIES)
        self.assertRefused("frank", codes[0], "Try again in")
        self.assertIs(self.machine.call("user.verify_twofactor_token", "frank", codes[0])["result"], False)
        self.assertGreater(self.devices("frank")["phone"]["wait"], 0)
        self.assertTrue(self.ctl("unlock frank")["changed"])
        self.assertFalse(self.ctl("unlock frank")["changed"])
        self.assertEqual(self.devices("frank")["phone"]["failures"], 0)
        self.assertLetIn("frank", codes[0])

    def test_root_alone_is_exempt_where_the_configuration_says_so(self):
        def guess_then_log_in(user, secret, step):
            for _ in range(FREE_TRIES + 1):
                self.assertEqual(self.login(user, "000000"), "PAM_AUTH_ERR")
            return self.login(user, self.totp(secret, step))

        root, heidi = self.add("root"), self.add("heidi")
        step = int(time.time() // 30)
        self.addCleanup(self.configure, "")
        self.configure("[throttle]\nexempt_root = true\n")
        self.assertEqual(guess_then_log_in("root", root, step), "PAM_SUCCESS")
        self.assertEqual(guess_then_log_in("heidi", heidi, step), "PAM_AUTH_ERR")
        self.configure("")
        self.assertEqual(guess_then_log_in("root", root, step + 1), "PAM_AUTH_ERR")
        self.ctl("unset --yes root")

    def test_clock_that_is_wrong_is_learned_from_three_codes_in_a_row(self):
        interval, ahead = 5, 5
        secret = self.add("grace", f"--interval {interval}")

        def three_codes():
            """Returns the results of three codes from a clock that is ahead, each newer than the last."""
            step = int(time.time() // interval) + 1
            codes = [self.totp(secret, step + ahead + i, interval) for i in range(3)]
            self.sleep_until(step * interval)
            outcomes = [self.login("grace", code) for code in codes[:2]]
            self.sleep_until((step + 1) * interval)
            return outcomes + [self.login("grace", codes[2])], step + 1

        self.addCleanup(self.configure, "")
        self.configure("[skew]\nlearn = false\n")
        self.assertEqual(three_codes()[0], ["PAM_AUTH_ERR"] * 3)
        self.configure("")
        self.ctl("unlock grace")
        outcomes, step = three_codes()
        self.assertEqual(outcomes, ["PAM_AUTH_ERR", "PAM_AUTH_ERR", "PAM_SUCCESS"])
        # From now on its codes are right at once.
        self.assertLetIn("grace", self.totp(secret, step + ahead + 2, interval))

    @staticmethod
    def sleep_until(moment):
        time.sleep(max(0.0, moment - time.time()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
