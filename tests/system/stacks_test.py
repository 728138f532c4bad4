"""Programs that ask one question, and others of docs/pam-stacks.md that no other test needs: their stacks, written by 'twofactorctl stack' and read
from that page, and logins through the programs themselves.

The tests run in the order of their names, on one machine.
"""

import json
import os
import re
import shutil
import time
import unittest

from machine import SUITE, Machine
from pam_page import PamPage, rules

PASSWORD = "correct horse"
STEP = 30
USERS = [f"s{number:02}" for number in range(20)]
# Without a second factor.
PLAIN = "plain"
DRIVER = "/usr/local/lib/tests/pam_driver"
OURS = "auth required pam_twofactor.so forward_pass"
UNIX = "auth required pam_unix.so try_first_pass"
MORE = ["cockpit-bridge", "cockpit-ws", "cups", "curl", "dovecot-core", "libnginx-mod-http-auth-pam", "nginx-light", "ocserv", "openconnect",
        "sasl2-bin", "squid", "vsftpd", "xrdp"]
SERVERS = ["cockpit.socket", "cups.service", "cups.socket", "cups.path", "dovecot.service", "dovecot.socket", "nginx.service", "ocserv.service", "saslauthd.service", "squid.service",
           "vsftpd.service", "xrdp.service", "xrdp-sesman.service"]
# Their sections of the page, in the order in which they are tried.
SECTIONS = {"cups": "CUPS", "dovecot": "Dovecot", "vsftpd": "vsftpd", "smtp": "saslauthd", "xrdp-sesman": "xrdp", "squid": "Squid",
            "i3lock": "A locker with one field"}
SITE = """server { listen 127.0.0.1:8080; root /srv/w; location / { auth_pam "x"; auth_pam_service_name "nginx"; } }
"""
I3LOCK = "auth include login\n"
OCSERV = """tcp-port = 4443
run-as-user = nobody
run-as-group = daemon
socket-file = /run/ocserv-socket
server-cert = /root/cert.pem
server-key = /root/key.pem
device = vpns
ipv4-network = 192.168.1.0/24
"""


class Stacks(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.page = PamPage()
        cls.machine = machine = Machine(os.environ["TWOFACTOR_PACKAGES"], more=MORE, servers=SERVERS)
        cls.addClassCleanup(machine.remove)
        os.makedirs(os.path.dirname(machine.root + DRIVER), exist_ok=True)
        shutil.copy(os.environ["TWOFACTOR_BUILD"] + "/bin/pam_driver", machine.root + DRIVER)
        machine.write("/etc/nginx/conf.d/site.conf", SITE)
        machine.write("/srv/w/index.html", "page\n")
        machine.write("/srv/w/a.png", "picture\n")
        machine.put_talk("ocserv.exp", "/usr/local/lib/tests")
        machine.put_talk("cockpit_login.py", "/usr/local/lib/tests")
        # Of Debian's package, which needs X.
        machine.write("/etc/pam.d/i3lock", I3LOCK)
        machine.boot()
        everybody = USERS + [PLAIN]
        machine.run("while read user; do useradd -m -s /bin/bash -G lpadmin $user; done", stdin="\n".join(everybody) + "\n")
        machine.run("chpasswd", stdin="".join(f"{user}:{PASSWORD}\n" for user in everybody))
        made = machine.run("while read user; do twofactorctl --json renew --no-confirm $user; done", stdin="\n".join(USERS) + "\n").stdout
        cls.secrets = dict(zip(USERS, re.findall(r"secret=([A-Z2-7]+)", made), strict=True))
        cls.used = dict.fromkeys(USERS, 0)
        machine.run("cp -a /etc/pam.d /root/pam.d && DEBIAN_FRONTEND=noninteractive pam-auth-update --enable twofactor && cp -a /etc/pam.d /root/profile")
        machine.run(f"systemctl unmask --quiet {' '.join(SERVERS)} && systemctl daemon-reload")
        machine.run("adduser --quiet proxy shadow; adduser --quiet www-data shadow; mkdir -p /run/saslauthd")
        machine.run("systemctl start cups.service dovecot vsftpd xrdp-sesman && saslauthd -a pam -m /run/saslauthd", timeout=120)

    # Verbs ------------------------------------------------------------------------------------------------------

    def code(self, user):
        """A code that is accepted now and was not used."""
        while True:
            now = time.time()
            first = now // STEP - 1 if now % STEP < STEP - 10 else now // STEP
            step = max(int(first), self.used[user] + 1)
            if step <= now // STEP + 1:
                break
            time.sleep(0.2)
        self.used[user] = step
        return self.machine.run(f"oathtool --totp --base32 --now @{step * STEP} {self.secrets[user]}").stdout.strip()

    def login(self, service, user, answer):
        """Does the program of the service let this user in who types this?"""
        return getattr(self, "login_" + service.replace("-", "_"))(user, answer)

    def get(self, user, answer, url):
        return self.machine.run(f"curl -s -o /dev/null -w '%{{http_code}}' -u '{user}:{answer}' {url}").stdout

    def login_cups(self, user, answer):
        return self.get(user, answer, "http://127.0.0.1:631/admin/conf/cupsd.conf") == "200"

    def login_dovecot(self, user, answer):
        return self.machine.run(f"doveadm auth test -x service=imap {user} '{answer}'", check=False).returncode == 0

    def login_vsftpd(self, user, answer):
        return self.machine.run(f"curl -s -u '{user}:{answer}' ftp://127.0.0.1/", check=False).returncode == 0

    def login_smtp(self, user, answer):
        return self.machine.run(f"testsaslauthd -f /run/saslauthd/mux -u {user} -p '{answer}' -s smtp", check=False).returncode == 0

    def login_xrdp_sesman(self, user, answer):
        # Whether a session then starts is a matter of its X server, which is not there.
        since = time.time()
        server = "-s 127.0.0.1" if SUITE == "bookworm" else ""
        self.machine.run(f"printf '%s\\n' '{answer}' | timeout 20 xrdp-sesrun {server} -F 0 {user}", check=False)
        for _ in range(100):
            log = self.machine.run(f"journalctl --sync; journalctl --no-pager -o cat --since @{since:.3f}").stdout
            if f"pam_unix(xrdp-sesman:session): session opened for user {user}" in log:
                return True
            if f"AUTHFAIL: user={user}" in log:
                return False
            time.sleep(0.1)
        raise AssertionError(log)

    def login_squid(self, user, answer):
        said = self.machine.run("/usr/lib/squid/basic_pam_auth -n squid", user="proxy", stdin=f"{user} {answer.replace(' ', '%20')}\n").stdout
        return said.startswith("OK")

    def login_i3lock(self, user, answer):
        said = self.machine.run(f"{DRIVER} --confdir /etc/pam.d --service i3lock --user {user}", user=user, stdin=answer + "\n", check=False).stdout
        return said.split("\n")[-2] == "PAM_SUCCESS"

    def trust(self, *users):
        uids = " ".join(self.machine.run(f"id -u {user}").stdout.strip() for user in users)
        self.machine.write("/etc/twofactor/twofactord.conf", f"[verify]\ntrusted_uids = {uids}\n")
        self.machine.run("systemctl reload twofactord")

    def doctor(self):
        said = json.loads(self.machine.run("twofactorctl --json doctor", check=False).stdout)
        return {finding["id"]: finding for finding in said["findings"]}

    def stack(self, *words):
        return json.loads(self.machine.run(f"twofactorctl --json stack {' '.join(words)}").stdout)

    def pam_d(self, kept):
        self.machine.run(f"rm -rf /etc/pam.d && cp -a {kept} /etc/pam.d")

    # Tests ------------------------------------------------------------------------------------------------------

    def test_01_each_file_of_the_page_is_debians_with_two_lines_for_one(self):
        for service, section in SECTIONS.items():
            [(path, text)] = self.page.files(section).items()
            self.assertEqual(os.path.basename(path), service)
            debians = self.machine.run(f"cat /root/pam.d/{service}", check=False).stdout
            mine = rules(text)
            if debians and service != "i3lock":
                place = mine.index(OURS)
                self.assertEqual(mine[place + 1], UNIX)
                self.assertEqual(mine[:place] + ["@include common-auth"] + mine[place + 2:], rules(debians), path)

    def test_02_doctor_names_the_services_that_the_profile_shuts(self):
        self.pam_d("/root/profile")
        found = self.doctor()
        for service in SECTIONS:
            finding = found[f"pam.{service}.one-question"]
            self.assertEqual(finding["level"], "warning")
            self.assertIn(f"twofactorctl stack {service} --write", finding["advice"])
        self.assertNotIn("pam.sshd.one-question", found)
        self.assertIn("cups", found["pam.nullok"]["text"])
        self.assertEqual([name for name in found if name.endswith(".nullok") and name != "pam.nullok"], [])
        # It is so: with the password alone, and with both.
        for answer in (PASSWORD, PASSWORD + self.code(USERS[0])):
            self.assertFalse(self.login("dovecot", USERS[0], answer))

    def test_03_a_stack_that_was_written_lets_in_with_password_and_code(self):
        self.pam_d("/root/profile")
        self.trust("proxy")
        for service, user in zip(SECTIONS, USERS):
            with self.subTest(service=service):
                self.assertFalse(self.stack(service, "--dry-run")["changed"])
                self.assertTrue(self.stack(service, "--write")["changed"])
                self.assertFalse(self.stack(service, "--write")["changed"])
                self.try_logins(service, user)
                # The profile's line has nullok, and so has this one.
                if service != "i3lock":
                    self.assertTrue(self.login(service, PLAIN, PASSWORD), service)
                    self.assertFalse(self.login(service, PLAIN, "wrong"), service)
        found = self.doctor()
        self.assertEqual([name for name in found if name.endswith(".one-question")],
                         ["pam.radiusd.one-question", "pam.imap.one-question", "pam.pop.one-question"])
        for service in SECTIONS:
            self.stack(service, "--undo")
        self.machine.run("diff -r /etc/pam.d /root/profile")

    def try_logins(self, service, user):
        code = self.code(user)
        self.assertFalse(self.login(service, user, PASSWORD), service)
        self.assertFalse(self.login(service, user, "wrong" + code), service)
        code = self.code(user)
        self.assertTrue(self.login(service, user, PASSWORD + code), service)
        self.assertFalse(self.login(service, user, PASSWORD + code), service)

    def test_04_each_stack_of_the_page_lets_in_with_password_and_code(self):
        self.pam_d("/root/pam.d")
        self.trust("proxy")
        for service, user in zip(SECTIONS, USERS[10:]):
            with self.subTest(service=service):
                for path, text in self.page.files(SECTIONS[service]).items():
                    self.machine.write(path, text)
                self.try_logins(service, user)

    def test_05_a_bypass_lets_in_with_the_password_alone(self):
        user = USERS[7]
        for service in SECTIONS:
            if service != "i3lock":
                self.machine.run(f"twofactorctl bypass {user} --for 5m --reason test")
                self.assertTrue(self.login(service, user, PASSWORD), service)
                self.machine.run(f"twofactorctl bypass {user} --end")

    def test_06_nginx_asks_for_each_request(self):
        user = USERS[-1]
        self.machine.write("/etc/pam.d/nginx", f"{OURS}\n{UNIX} nodelay\naccount required pam_unix.so\n")
        self.trust("proxy", "www-data")
        self.machine.run("systemctl start nginx", timeout=120)
        answer = PASSWORD + self.code(user)
        self.assertEqual(self.get(user, answer, "http://127.0.0.1:8080/index.html"), "200")
        self.assertEqual(self.get(user, answer, "http://127.0.0.1:8080/a.png"), "401")
        self.assertEqual(self.get(user, PASSWORD + self.code(user), "http://127.0.0.1:8080/"), "401")
        self.assertEqual(self.doctor()["pam.nginx.each-request"]["level"], "warning")

    def test_07_programs_of_two_questions_have_debians_files_with_our_line(self):
        for section in ("ocserv", "Cockpit"):
            [(path, text)] = self.page.files(section).items()
            mine = [line for line in rules(text) if "pam_twofactor.so" not in line]
            self.assertEqual(mine, rules(self.machine.run(f"cat /root/pam.d/{os.path.basename(path)}").stdout), path)

    def install(self, section):
        self.pam_d("/root/pam.d")
        for path, text in self.page.files(section).items():
            self.machine.write(path, text)

    def test_08_ocserv_asks_for_password_and_code(self):
        self.install("ocserv")
        self.machine.run("openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout /root/key.pem -out /root/cert.pem 2>&1")
        self.machine.write("/etc/ocserv/ocserv.conf", self.page.block("ocserv", "ocserv") + OCSERV)
        pin = "pin-sha256:" + self.machine.run("openssl x509 -in /root/cert.pem -pubkey -noout | openssl pkey -pubin -outform der"
                                               " | openssl dgst -sha256 -binary | base64").stdout.strip()
        self.machine.run("ocserv -c /etc/ocserv/ocserv.conf && until ss -tln | grep -q :4443; do sleep 0.1; done")
        user = USERS[8]
        code = self.code(user)
        login = f"expect /usr/local/lib/tests/ocserv.exp {user} '{PASSWORD}'"
        self.assertEqual(self.machine.run(f"{login} {code} {pin}", check=False).stdout, "LOGGED-IN\n")
        self.assertEqual(self.machine.run(f"{login} {code} {pin}", check=False).stdout, "REFUSED\n")

    def test_09_cockpit_asks_for_password_and_code(self):
        self.install("Cockpit")
        self.machine.run("systemctl start cockpit.socket")
        user = USERS[9]
        code = self.code(user)
        login = f"python3 /usr/local/lib/tests/cockpit_login.py {user} '{PASSWORD}'"
        self.assertEqual(self.machine.run(f"{login} {code}").stdout, "Verification code:\nLOGGED-IN\n")
        self.assertEqual(self.machine.run(f"{login} {code}").stdout.splitlines()[-1], "REFUSED")

    def test_10_a_user_whom_only_a_service_knows_gets_a_factor_by_extrausers(self):
        self.install("Dovecot")
        self.machine.add_directory()
        [passwd] = [text for path, text in self.page.files("Users whom only a service knows").items() if path.endswith("/passwd")]
        name, _, uid, gid = passwd.split(":")[:4]
        self.machine.write("/var/lib/extrausers/passwd", passwd)
        self.machine.write("/var/lib/extrausers/group", f"{name}:x:{gid}:\n")
        self.machine.run(f"printf '{name}:%s:20000:0:99999:7:::\\n' \"$(openssl passwd -6 '{PASSWORD}')\" > /var/lib/extrausers/shadow"
                         " && chgrp shadow /var/lib/extrausers/shadow && chmod 640 /var/lib/extrausers/shadow")
        self.machine.run("systemctl restart twofactor-accounts.service dovecot", check=False)
        made = self.machine.run(f"twofactorctl --json renew --no-confirm {name}").stdout
        self.secrets[name] = re.search(r"secret=([A-Z2-7]+)", made).group(1)
        self.used[name] = 0
        self.try_logins("dovecot", name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
