"""Reads the stacks from docs/pam-stacks.md, and tries them in the applications that the page names, with root's rights and without.

The tests run in the order of their names, on one machine.
"""

import json
import os
import re
import shutil
import subprocess
import time
import unittest

from machine import STACKS, SUITE, Machine
from pam_page import PamPage, rules

PASSWORD = "correct horse"
STEP = 30
CROWD = [f"u{number:02}" for number in range(32)]
PEOPLE = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"]
STACK = "expect /usr/local/lib/tests/stack.exp"
WHO = "/usr/local/lib/tests/who"
SUDO_RS = "/usr/lib/cargo/bin/sudo"
CONSOLE = "/usr/local/lib/tests/console"
DRIVER = "/usr/local/lib/tests/pam_driver"
OURS = "pam_twofactor.so"
# util-linux's login closes and hangs up its terminal, then opens it again. A pseudo-terminal would end there unless another process has it open, more
# than twice (the kernel's pty_close()).
CONSOLE_LOGIN = """#!/bin/sh
trap '' HUP
exec 3<>"$(tty)" 4<>"$(tty)" 5<>"$(tty)"
sleep infinity &
exec login "$@"
"""
# Without a password, for measurements.
BARE = "auth required pam_twofactor.so {options}\naccount required pam_permit.so\n"
UNAVAILABLE = "Authentication service cannot retrieve authentication info"
SECONDS_WITHOUT_A_DAEMON = 2.0


class Hosts(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.page = PamPage()
        cls.machine = machine = Machine(os.environ["TWOFACTOR_PACKAGES"])
        cls.addClassCleanup(machine.remove)
        machine.put_talk("stack.exp", "/usr/local/lib/tests")
        machine.write(WHO, "#!/bin/sh\necho ran:$(whoami)\n", 0o755)
        machine.write(CONSOLE, CONSOLE_LOGIN, 0o755)
        shutil.copy(os.environ["TWOFACTOR_BUILD"] + "/bin/pam_driver", machine.root + DRIVER)
        for user in PEOPLE:
            machine.write(f"/etc/sudoers.d/{user}", f"{user} ALL=(ALL) ALL\nDefaults timestamp_timeout=0\n", 0o440)
        machine.boot()
        everybody = PEOPLE + CROWD
        machine.run("while IFS=: read user _; do useradd -m -s /bin/bash $user; done",
                    stdin="".join(f"{user}:\n" for user in everybody))
        machine.run("chpasswd", stdin="".join(f"{user}:{PASSWORD}\n" for user in everybody))
        made = machine.run("while read user; do twofactorctl --json renew --no-confirm $user; done",
                           stdin="\n".join(everybody) + "\n").stdout
        cls.secrets = dict(zip(everybody, re.findall(r"secret=([A-Z2-7]+)", made), strict=True))
        cls.used = dict.fromkeys(everybody, 0)

    # Verbs ------------------------------------------------------------------------------------------------------

    def install(self, section):
        """Writes the files of a section of the page, and returns them."""
        files = self.page.files(section)
        self.assertNotEqual(files, {}, section)
        for path, text in files.items():
            self.machine.write(path, text)
        return files

    def codes(self, *users):
        """Returns unused codes that are accepted now: of the last step, of this one or of the next."""
        while True:
            now = time.time()
            # Not the last one if it is about to expire.
            first = now // STEP - 1 if now % STEP < STEP - 10 else now // STEP
            step = max([int(first)] + [self.used[user] + 1 for user in users])
            if step <= now // STEP + 1:
                break
            time.sleep(0.2)
        self.used.update(dict.fromkeys(users, step))
        return self.machine.run(f"while read secret; do oathtool --totp --base32 --now @{step * STEP} $secret; done",
                                stdin="".join(self.secrets[user] + "\n" for user in users)).stdout.split()

    def code(self, user):
        return self.codes(user)[0]

    def login(self, command, code, password=PASSWORD, user=None):
        """Returns what a program asked for in a terminal, and how that ended."""
        return self.machine.run(f"{STACK} '{password}' '{code}' {command}", user=user).stdout.strip()

    def ssh(self, user, code, options=""):
        return self.login("ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
                          f" -o NumberOfPasswordPrompts=1 {options} {user}@127.0.0.1 {WHO}", code)

    def drive(self, service, user, *answers, host=None):
        """Logs in with libpam alone, in a process of `host`; returns what it said, and the seconds that it took."""
        start = time.monotonic()
        said = self.machine.run(f"{DRIVER} --confdir /etc/pam.d --service {service} --user {user}", user=host,
                                stdin="".join(answer + "\n" for answer in answers), check=False).stdout.split("\n")[:-1]
        return said, time.monotonic() - start

    def lock(self, user, code):
        # A locker prints nothing when it unlocks.
        return self.login(f"sh -c 'vlock -c && {WHO}'", code, user=user)

    def query(self, user, code):
        """Logs in to PostgreSQL with password and code."""
        return self.machine.run(f"PGPASSWORD='{PASSWORD}{code}' PGSSLMODE=require"
                                f" psql -h 127.0.0.1 -U {user} -d postgres -Atc 'select current_user'", check=False)

    def radius(self, logins):
        """Logs in to FreeRADIUS, all at once; returns how many logins it accepted, and how many it refused."""
        # Read from its log: the radclient of FreeRADIUS 3.2.7 sometimes exits before the answer arrives.
        before = self.radius_log()
        self.machine.run(
            f"""while read user code; do
              echo "User-Name=$user,User-Password='{PASSWORD}$code'" | radclient -t 60 -r 1 127.0.0.1 auth testing123 &
            done; wait""",
            stdin="".join(f"{user} {code}\n" for user, code in logins), check=False, timeout=120)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            said = self.radius_log().removeprefix(before)
            counts = said.count(" Login OK: "), said.count(" Login incorrect ")
            if sum(counts) >= len(logins):
                break
            time.sleep(0.1)
        return counts

    def radius_log(self):
        return self.machine.run("cat /var/log/freeradius/radius.log").stdout

    def helpers_lost(self, since):
        """Returns how often FreeRADIUS mistook the end of pam_unix's helper for that of its own child (docs/pam-stacks.md), and refused."""
        self.machine.run("journalctl --sync")
        return self.log_since(since).count("unix_chkpwd waitpid returned -1")

    def uid(self, user):
        return self.machine.run(f"id -u {user}").stdout.strip()

    def trust(self, *users):
        """Writes the servers' uids to twofactord.conf, in the form that the page shows."""
        text = self.page.block("Servers that verify others and are not root", "ini")
        lines = re.sub(r"(?m)(?<== ).*", " ".join(self.uid(user) for user in users), text)
        self.machine.write("/etc/twofactor/twofactord.conf", lines)
        self.machine.run("systemctl reload twofactord")

    def doctor(self):
        """Returns the IDs of what doctor finds."""
        said = json.loads(self.machine.run("twofactorctl --json doctor", check=False).stdout)
        return {finding["id"]: finding for finding in said["findings"]}

    def log_since(self, start):
        return self.machine.run(f"journalctl --no-pager -o cat --since @{start:.6f}").stdout

    def assert_logged(self, text, start):
        """Waits for the journal, which may store an entry after its writer has exited."""
        for _ in range(100):
            if text in self.log_since(start):
                return
            time.sleep(0.1)
        self.assertIn(text, self.log_since(start))

    # Tests ------------------------------------------------------------------------------------------------------

    def test_01_each_file_of_the_page_is_debians_with_our_line_alone(self):
        seen = set()
        for section in self.page.sections():
            for path, text in self.page.files(section).items():
                seen.add(os.path.basename(path))
                debians = [folder + "/" + os.path.basename(path) for folder in ("/etc/pam.d", STACKS)
                           if os.path.exists(self.machine.root + folder + "/" + os.path.basename(path))]
                if "/pam.d/" not in path or section in ("sshd, key and code", "FreeRADIUS") or not debians:
                    continue
                mine = [line for line in rules(text) if OURS not in line]
                self.assertEqual(mine, rules(self.machine.run(f"cat {debians[0]}").stdout), path)
        self.assertGreaterEqual(seen, {"sshd", "sudo", "sudo-i", "su", "login", "gdm-password", "lightdm", "vlock",
                                       "postgresql", "radiusd"})
        # With a key only the password is skipped.
        with_key, = [rules(text) for path, text in self.page.files("sshd, key and code").items() if "pam.d" in path]
        with_password, = [rules(text) for path, text in self.page.files("sshd, password and code").items()
                          if "pam.d" in path]
        # Something has to succeed while the second factor is off.
        permit = [line for line in with_key if "pam_permit.so" in line]
        self.assertEqual(len(permit), 1)
        self.assertEqual([line for line in with_key if line not in permit],
                         [line for line in with_password if line != "@include common-auth"])

    def test_02_sshd_with_password_and_code(self):
        self.install("sshd, password and code")
        self.machine.run("ssh-keygen -A && systemctl restart ssh")
        code = self.code("alice")
        self.assertEqual(self.ssh("alice", code), "password code ran:alice")
        self.assertEqual(self.ssh("alice", code), "password code REFUSED")
        self.assertEqual(self.ssh("alice", "000000"), "password code REFUSED")

    def test_03_sshd_with_key_and_code(self):
        self.install("sshd, key and code")
        self.machine.run("systemctl restart ssh && ssh-keygen -q -t ed25519 -N '' -f /root/key"
                         " && install -D -o bob -g bob -m 600 /root/key.pub ~bob/.ssh/authorized_keys")
        code = self.code("bob")
        self.assertEqual(self.ssh("bob", code, "-i /root/key"), "code ran:bob")
        self.assertEqual(self.ssh("bob", code, "-i /root/key"), "code REFUSED")
        self.assertEqual(self.ssh("bob", self.code("bob")), "REFUSED")
        # Root, too, for whom sshd takes no code unless it is told to.
        made = self.machine.run("install -D -m 600 /root/key.pub /root/.ssh/authorized_keys && twofactorctl --json renew --no-confirm root").stdout
        self.secrets["root"], self.used["root"] = re.search(r"secret=([A-Z2-7]+)", made).group(1), 0
        code = self.code("root")
        self.assertEqual(self.ssh("root", code, "-i /root/key"), "code ran:root")
        self.assertEqual(self.ssh("root", code, "-i /root/key"), "code REFUSED")

    def test_03_sshd_without_questions_for_accounts_without_a_person(self):
        batch = "ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes -i /root/key backup@127.0.0.1 whoami"
        self.machine.run("usermod -s /bin/sh backup && install -D -o backup -m 600 /root/key.pub ~backup/.ssh/authorized_keys"
                         " && chown backup ~backup ~backup/.ssh")
        self.assertIn("Permission denied", self.machine.run(batch, check=False).stderr)
        path = "/etc/ssh/sshd_config.d/zz-machines.conf"
        self.assertIn(f"`{path}`", self.page.text("sshd, accounts without a person"))
        self.machine.write(path, self.page.block("sshd, accounts without a person", "sshd"))
        self.machine.run("systemctl restart ssh")
        self.assertEqual(self.machine.run(batch).stdout, "backup\n")
        self.assertEqual(self.ssh("bob", self.code("bob"), "-i /root/key"), "code ran:bob")
        found = self.doctor()["ssh.key-alone"]
        self.assertIn(f"'Match User backup' ({path}:1)", found["text"])
        self.machine.run(f"rm {path} && systemctl restart ssh")

    def test_04_sudo_and_sudo_i(self):
        self.install("sudo")
        for command in (f"sudo -k {WHO}", f"sudo -k -i {WHO}"):
            code = self.code("carol")
            self.assertEqual(self.login(command, code, user="carol"), "password code ran:root")
        self.assertEqual(self.login(command, code, user="carol"), "password code REFUSED")

    if SUITE != "bookworm":  # Debian 12 has no sudo-rs.

        def test_04_sudo_rs(self):
            self.install("sudo")
            code = self.code("carol")
            self.assertEqual(self.login(f"{SUDO_RS} -k {WHO}", code, user="carol"), "password code ran:root")
            self.assertEqual(self.login(f"{SUDO_RS} -k {WHO}", code, user="carol"), "password code REFUSED")
            self.assertEqual(self.login(f"{SUDO_RS} -k -i {WHO}", self.code("carol"), user="carol"), "password code ran:root")

    def test_05_su_and_its_login_shell(self):
        self.install("su")
        for command in ("su dave -c", "su - dave -c"):
            code = self.code("dave")
            self.assertEqual(self.login(f"{command} {WHO}", code, user="bob"), "password code ran:dave")
        self.assertEqual(self.login(f"{command} {WHO}", code, user="bob"), "password code REFUSED")
        self.assertEqual(self.login(f"su dave -c {WHO}", ""), "ran:dave")

    def test_06_login_on_a_console(self):
        self.install("login")
        self.machine.run("echo 'echo ran:$(whoami)' > ~erin/.profile")
        code = self.code("erin")
        self.assertEqual(self.login(f"{CONSOLE} erin", code), "password code ran:erin")
        self.assertEqual(self.login(f"{CONSOLE} erin", code), "password code REFUSED")

    def test_07_display_managers(self):
        files = self.install("A display manager")
        self.assertEqual(len(files), 2)
        for path, user in zip(files, CROWD):
            service = os.path.basename(path)
            code = self.code(user)
            said, _ = self.drive(service, user, PASSWORD, code)
            self.assertEqual(said, ["Password: ", "Verification code: ", "PAM_SUCCESS"], service)
            self.assertEqual(self.drive(service, user, PASSWORD, code)[0][-1], "PAM_AUTH_ERR")

    def test_08_a_screen_locker_of_its_user(self):
        self.install("A screen locker")
        self.machine.run(self.page.block("A screen locker", "sh"))
        with self.machine.start(f"{STACK} x x vlock -c", user="frank", stdout=subprocess.DEVNULL):
            uids = self.machine.run("until pidof vlock-main >/run/pid; do sleep 0.1; done;"
                                    " grep Uid: /proc/$(cat /run/pid)/status").stdout.split()[1:]
            self.assertEqual(set(uids), {self.uid("frank")})
        code = self.code("frank")
        since = time.time()
        self.assertEqual(self.lock("frank", code), "password code ran:frank")
        # The daemon was asked, by the user.
        self.assert_logged(f"pam.verify of uid {self.uid('frank')} for frank: success", since)
        self.assertEqual(self.lock("frank", code), "password code REFUSED")
        self.assertEqual(self.lock("frank", "000000"), "password code REFUSED")
        for no_code in ("", "abc"):
            since = time.time()
            self.assertEqual(self.lock("frank", no_code), "password code REFUSED")
            self.assert_logged("second factor refused: no code", since)

    def test_09_postgresql(self):
        self.install("PostgreSQL")
        rule = self.page.block("PostgreSQL", "conf")
        path = self.machine.run("ls /etc/postgresql/*/main/pg_hba.conf").stdout.strip()
        self.machine.run(f"cp -p {path} {path}.new && printf '%s' '{rule}' | cat - {path} > {path}.new"
                         f" && mv {path}.new {path}")
        self.machine.run("systemctl unmask postgresql")
        self.machine.run(self.page.block("PostgreSQL", "sh"))
        self.machine.run("psql -q -f -", user="postgres",
                         stdin="".join(f"create role {user} login;\n" for user in ("grace", "heidi")))
        code = self.code("grace")
        since = time.time()
        self.assertNotEqual(self.query("grace", code).returncode, 0)
        self.assert_logged("add it to verify.trusted_uids", since)
        self.trust("postgres")
        done = self.query("grace", code)
        self.assertEqual(done.stdout, "grace\n", done.stderr)
        self.assertIn("PAM authentication failed", self.query("grace", code).stderr)
        self.assertIn("PAM authentication failed", self.query("grace", "000000").stderr)
        self.assertIn("PAM authentication failed", self.query("grace", "").stderr)

    def test_10_freeradius_lets_32_users_in_at_once(self):
        self.install("FreeRADIUS")
        self.machine.run("systemctl unmask freeradius")
        self.machine.run("sed -i 's/^\tauth = no$/\tauth = yes/' /etc/freeradius/3.0/radiusd.conf")
        self.machine.run(self.page.block("FreeRADIUS", "sh"))
        uids = self.machine.run("grep Uid: /proc/$(pidof freeradius)/status").stdout.split()[1:]
        self.assertEqual(set(uids), {self.uid("freerad")})
        code = self.code("heidi")
        self.assertEqual(self.radius([("heidi", code)]), (0, 1))
        self.trust("postgres", "freerad")
        self.assertEqual(self.radius([("heidi", code)]), (1, 0))
        self.assertEqual(self.radius([("heidi", code)]), (0, 1))
        since = time.time()
        counts = self.radius(list(zip(CROWD, self.codes(*CROWD))))
        lost = self.helpers_lost(since)
        self.assertEqual(counts, (32 - lost, lost))
        self.assertEqual(self.log_since(since).count("second factor accepted"), 32)

    def test_11_one_code_at_once_opens_freeradius_once(self):
        since = time.time()
        counts = self.radius([("heidi", self.code("heidi"))] * 16)
        if not self.helpers_lost(since):
            self.assertEqual(counts, (1, 15))
        self.assertEqual(sum(counts), 16)
        self.assertEqual(self.log_since(since).count("second factor accepted"), 1)

    def test_12_32_users_become_another_at_once_by_su(self):
        logins = "".join(f"{user} {code}\n" for user, code in zip(CROWD, self.codes(*CROWD)))
        said = self.machine.run(
            f"while read user code; do {STACK} '{PASSWORD}' $code su $user -c {WHO} </dev/null & done; wait",
            user="bob", stdin=logins, timeout=120).stdout
        self.assertEqual(sorted(said.split("\n")[:-1]), [f"password code ran:{user}" for user in CROWD])

    def test_13_without_a_daemon_each_is_told_so_at_once(self):
        self.machine.run("systemctl stop twofactord.socket twofactord.service")
        self.addCleanup(self.machine.run, "systemctl start twofactord.socket twofactord.service")
        self.machine.write("/etc/pam.d/bare", BARE.format(options=""))
        for host, service, user in (("frank", "bare", "frank"), ("postgres", "postgresql", "grace"),
                                    ("freerad", "radiusd", "heidi")):
            said, took = self.drive(service, user, host=host)
            self.assertEqual(said[-1], "PAM_AUTHINFO_UNAVAIL", host)
            self.assertLess(took, SECONDS_WITHOUT_A_DAEMON, host)
        start = time.time()
        self.assertNotEqual(self.query("grace", "000000").returncode, 0)
        self.assertLess(time.time() - start, SECONDS_WITHOUT_A_DAEMON)
        self.assertIn(UNAVAILABLE, self.machine.run("tail -n 5 /var/log/postgresql/postgresql-*-main.log").stdout)
        start = time.time()
        self.assertEqual(self.radius([("heidi", "000000")]), (0, 1))
        self.assertLess(time.time() - start, SECONDS_WITHOUT_A_DAEMON)
        self.assertIn(UNAVAILABLE, self.machine.run("tail -n 5 /var/log/freeradius/radius.log").stdout)
        start = time.time()
        self.assertEqual(self.lock("frank", "000000"), "password REFUSED")
        # pam_unix(8) delays a refused user; the module refused earlier.
        entries = self.machine.run(f"journalctl --no-pager -o json --since @{start:.6f} _COMM=vlock-main").stdout
        said = [entry for entry in map(json.loads, entries.splitlines()) if "no answer on" in entry["MESSAGE"]]
        self.assertLess(int(said[0]["__REALTIME_TIMESTAMP"]) / 1e6 - start, SECONDS_WITHOUT_A_DAEMON)
        # Root's applications need none.
        self.assertEqual(self.login(f"su dave -c {WHO}", self.code("dave"), user="bob"), "password code ran:dave")

    def test_14_a_daemon_that_hangs_costs_the_timeout_of_the_line(self):
        self.machine.run("kill -STOP $(pidof twofactord)")
        self.addCleanup(self.machine.run, "kill -CONT $(pidof twofactord)")
        for options, least in (("", 2), ("timeout=1", 1)):
            self.machine.write("/etc/pam.d/bare", BARE.format(options=options))
            said, took = self.drive("bare", "frank", host="frank")
            self.assertEqual(said, ["PAM_AUTHINFO_UNAVAIL"])
            self.assertGreaterEqual(took, least)
            self.assertLess(took, least + 1)

    def test_14_units_whose_run_is_read_only(self):
        strict = "-p ProtectSystem=strict"
        drop_in = "-p ReadWritePaths=-/run/twofactor"

        def drive(properties, *answers):
            return self.machine.run(
                f"systemd-run -q --pipe --wait {properties} {DRIVER} --confdir /etc/pam.d --service bare --user u03",
                stdin="".join(answer + "\n" for answer in answers), check=False).stdout.split("\n")[-2]

        self.machine.write("/etc/pam.d/bare", BARE.format(options=""))
        self.assertEqual(drive(strict, self.code("u03")), "PAM_SUCCESS")
        self.machine.run("systemctl stop twofactord.socket twofactord.service")
        self.addCleanup(self.machine.run, "systemctl start twofactord.socket twofactord.service")
        code = self.code("u03")
        since = time.time()
        self.assertEqual(drive(strict, code), "PAM_AUTHINFO_UNAVAIL")
        self.assert_logged("open /run/twofactor/ledger: Read-only file system; ask the daemon", since)
        self.assertEqual(drive(f"{strict} {drop_in}", code), "PAM_SUCCESS")
        # Whether a code is needed is read without the daemon.
        self.machine.write("/etc/pam.d/bare", BARE.format(options="nullok") + "auth required pam_permit.so\n")
        self.machine.run("useradd nofactor")
        said = self.machine.run(f"systemd-run -q --pipe --wait {strict} {DRIVER} --confdir /etc/pam.d --service bare"
                                " --user nofactor </dev/null").stdout.split("\n")[:-1]
        self.assertEqual(said, ["PAM_SUCCESS"])
        # What the package brings.
        self.machine.write("/etc/systemd/system/polkit-agent-helper@.service",
                           "[Service]\nExecStart=/bin/true\nProtectSystem=strict\n")
        self.machine.run("systemctl daemon-reload")
        self.assertEqual(self.machine.run("systemctl show -P ReadWritePaths polkit-agent-helper@1.service").stdout,
                         "-/run/twofactor\n")

    def test_14_a_line_of_password_and_code_where_no_code_is_needed(self):
        lines = "auth required pam_twofactor.so forward_pass nullok\nauth required pam_unix.so {take}_first_pass nodelay\n"

        def ends(user, *answers):
            return [self.drive("line", user, answer)[0][-1] for answer in answers]

        for take in ("try", "use"):
            self.machine.write("/etc/pam.d/line", lines.format(take=take))
            code = self.code("u04")
            self.assertEqual(ends("u04", PASSWORD + code, PASSWORD, "wrong" + self.code("u04")),
                             ["PAM_SUCCESS", "PAM_AUTH_ERR", "PAM_AUTH_ERR"])
            for off, on in (("bypass u04 --for 5m", "bypass u04 --end"),
                            ("config set enabled false", "config set enabled true")):
                self.machine.run(f"twofactorctl {off}")
                fresh = self.code("u04")
                self.assertEqual(ends("u04", PASSWORD + fresh, PASSWORD + fresh, PASSWORD, "wrong" + fresh, "wrong"),
                                 ["PAM_SUCCESS"] * 3 + ["PAM_AUTH_ERR"] * 2, off)
                self.machine.run(f"twofactorctl {on}")
        self.machine.run("useradd nofactor2", check=False)
        self.machine.run("chpasswd", stdin=f"nofactor2:{PASSWORD}\n")
        self.assertEqual(ends("nofactor2", PASSWORD, "wrong"), ["PAM_SUCCESS", "PAM_AUTH_ERR"])

    def test_14_grace_of_a_server_that_is_trusted(self):
        self.trust("postgres", "freerad")
        for options, second in (("", "PAM_AUTH_ERR"), (" grace_period=600", "PAM_SUCCESS")):
            self.machine.write("/etc/pam.d/requests", f"auth required pam_twofactor.so forward_pass{options}\n"
                               "auth required pam_unix.so try_first_pass nodelay\n")
            line = PASSWORD + self.code("u05")
            ends = [self.machine.run(f"{DRIVER} --confdir /etc/pam.d --service requests --user u05 --rhost 192.0.2.7",
                                     user="freerad", stdin=line + "\n", check=False).stdout.split("\n")[-2]
                    for _ in range(2)]
            self.assertEqual(ends, ["PAM_SUCCESS", second], options)

    def test_15_the_profile_stands_behind_those_of_directories(self):
        profiles = self.machine.run(f"cd {STACKS} && ls ldap sss").stdout.split()
        self.machine.run(f"cp -n {STACKS}/ldap {STACKS}/sss /usr/share/pam-configs/")
        enable = "DEBIAN_FRONTEND=noninteractive pam-auth-update --force --enable unix"
        self.addCleanup(self.machine.run, "DEBIAN_FRONTEND=noninteractive pam-auth-update --force --disable twofactor"
                        " && rm /etc/pam.d/common")
        # Whichever was enabled first.
        for order in (profiles + ["twofactor"], ["twofactor"] + profiles):
            self.machine.run(f"{enable}; rm -f /var/lib/pam/auth; {enable} {' '.join(order)}")
            stack = rules(self.machine.run("cat /etc/pam.d/common-auth").stdout)
            modules = [line.split(".so")[0].split()[-1] for line in stack]
            self.assertEqual(set(modules[:3]), {"pam_unix", "pam_sss", "pam_ldap"})
            self.assertEqual(modules[3:], ["pam_deny", "pam_permit", "pam_twofactor"])
        self.machine.write("/etc/pam.d/common", "@include common-auth\n")
        found = self.doctor()
        self.assertEqual([name for name in found if name.startswith("pam.common.")], [])
        self.assertRegex(found["pam.nullok"]["text"], r"\bcommon\b")
        code = self.code("u02")
        self.assertEqual(self.drive("common", "u02", PASSWORD, code)[0][-2:], ["Verification code: ", "PAM_SUCCESS"])
        self.assertEqual(self.drive("common", "u02", PASSWORD, code)[0][-1], "PAM_AUTH_ERR")

    def test_16_doctor_names_each_mistake_and_its_line(self):
        unix = "auth required pam_unix.so\n"
        # doctor looks at a module's name, and whether it exists.
        self.machine.run("cd $(dirname $(find /usr/lib -name pam_permit.so))"
                         " && cp pam_permit.so pam_sss.so && cp pam_permit.so pam_ldap.so")
        for mistake, after, what, line, words in (
                ("auth sufficient pam_unix.so", "", ".skipped", 2, "pam_unix.so ('sufficient'"),
                ("auth [success=done default=ignore] pam_unix.so", "", ".skipped", 2, "success=done"),
                ("auth [success=1 default=ignore] pam_unix.so", "", ".skipped", 2, "success=1"),
                ("auth [success=1 default=ignore] pam_succeed_if.so uid < 9", "", ".exempt", 2, "pam_succeed_if.so"),
                ("auth sufficient pam_faillock.so authsucc", "", ".skipped", 2, "pam_faillock.so"),
                ("auth sufficient pam_sss.so", "", ".skipped", 2, "pam_sss.so"),
                ("auth sufficient pam_ldap.so", "", ".skipped", 2, "pam_ldap.so"),
                ("auth optional pam_twofactor.so", None, ".not-required", 2, "a wrong code does not keep"),
                ("account required pam_twofactor.so", None, ".not-auth", 2, "'account'"),
                ("auth required pam_twofactor.so nulok", None, ".option", 2, "'nulok'"),
                ("auth required pam_twofactor.so", "", ".asked-twice", 3, "twice"),
                ("auth required /lib/pam_twofactor.so", None, "pam.module-missing", 2, "not there"),
                ("@include not-there", "", ".broken", 2, "names no file")):
            ours = "" if after is None else "auth required pam_twofactor.so\n"
            self.machine.write("/etc/pam.d/mistake", unix + mistake + "\n" + ours + "auth required pam_permit.so\n")
            finding = self.doctor()[what if what.startswith("pam") else "pam.mistake" + what]
            self.assertIn(f"/etc/pam.d/mistake:{line}", finding["text"], mistake)
            self.assertIn(words, finding["text"], mistake)
            self.assertNotEqual(finding["advice"], "")
        self.machine.run("rm /etc/pam.d/mistake")

    def test_17_doctor_sees_what_keeps_sshd_and_servers_from_asking(self):
        path = "/etc/ssh/sshd_config.d/twofactor.conf"
        right = self.install("sshd, password and code")[path]
        self.assertEqual([name for name in self.doctor() if name.startswith("ssh")], ["ssh"])
        for key, value, what in (("UsePAM", "no", "ssh.usepam"),
                                 ("KbdInteractiveAuthentication", "no", "ssh.kbdinteractiveauthentication"),
                                 ("AuthenticationMethods", "publickey", "ssh.key-alone")):
            # sshd does not accept a list of methods that are turned off.
            lines = right if key != "KbdInteractiveAuthentication" else re.sub("AuthenticationMethods .*", "", right)
            self.machine.write(path, re.sub(f"(?m)^{key} .*", f"{key} {value}", lines))
            self.assertIn(what, self.doctor())
        self.machine.write(path, right)
        for block, what in (("Match Address 127.0.0.0/8\n  AuthenticationMethods publickey\n", "ssh.key-alone"),
                            ("Match LocalPort 22 Address *,!10.0.0.0/8\n  AuthenticationMethods publickey\n", "ssh.key-alone"),
                            ("Match Group grace\n  KbdInteractiveAuthentication no\n  AuthenticationMethods publickey\n", "ssh.key-alone"),
                            ("Match User alice\n  AuthenticationMethods password\n  PasswordAuthentication yes\n", "ssh.locked-out"),
                            ("Match User alice\n  KbdInteractiveAuthentication no\n", "ssh.locked-out"),
                            ("Match Group nobodys\n  AuthenticationMethods publickey\n", "ssh.not-judged")):
            self.machine.write(path, right + block)
            found = {name: finding for name, finding in self.doctor().items() if name.startswith("ssh")}
            self.assertIn(f"'{block.splitlines()[0]}' ({path}:6)", found[what]["text"])
        for shut in (right.replace("PermitRootLogin no", ""), right + "Match User root\n  PermitRootLogin prohibit-password\n"):
            self.machine.write(path, shut)
            self.assertEqual(self.doctor()["ssh.root"]["level"], "problem")
        self.machine.write(path, right + "Match User alice\n  PermitRootLogin maybe\n")
        refused = self.doctor()["ssh.refused"]
        self.assertEqual(refused["level"], "problem")
        self.assertIn(f'{path} line 7: unsupported option "maybe"', refused["text"])
        self.assertEqual(self.machine.run("twofactorctl doctor", check=False).returncode, 1)
        self.machine.write(path, right)
        self.machine.write("/etc/ssh/second", "Port 2022\nUsePAM yes\nKbdInteractiveAuthentication yes\nAuthenticationMethods publickey\n")
        with self.machine.start("/usr/sbin/sshd -D -f /etc/ssh/second") as second:
            self.machine.run("until pgrep -f '[/]second' >/dev/null; do sleep 0.1; done")
            self.assertIn("sshd -f /etc/ssh/second", self.doctor()["ssh.key-alone"]["text"])
            self.machine.run("pkill -f '[/]second'")
            second.wait()
        self.assertNotIn("pam.postgresql.not-trusted", self.doctor())
        self.trust("freerad")
        self.assertIn(f"uid {self.uid('postgres')}", self.doctor()["pam.postgresql.not-trusted"]["text"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
