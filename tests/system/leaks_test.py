"""No secret, code or password is in a log, an argument, an environment, a core file, or an answer where it does not belong.

The tests do everything that people do with known secrets, right and wrong. Then they search all output, and the same places for secrets that were
planted there. The tests run in the order of their names, on one machine. They do not claim that a core file of an application during a call of the
module is free of what the user types, which the application and libpam hold as well; and the terminal of a renewal shows the secret.
"""

import base64
import glob
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
import unittest

from leaks import KnownSecrets, ProcessWatch
from machine import Machine
from terminal import Terminal

BIN = "/usr/local/bin"
CORES = "/var/tmp/cores"
STATE = "/var/lib/twofactor"
CORE_PATTERN = "/proc/sys/kernel/core_pattern"
KEY = "/etc/credstore.encrypted/twofactor.vault-key"
BACKUP = "/root/twofactor.backup"
STEP = 30
PASSWORD = "Pferd-Batterie " + secrets.token_hex(6)
PASSPHRASE = "six words " + secrets.token_hex(12)
FILES = {
    "/etc/pam.d/common-auth": "auth [success=1 default=ignore] pam_unix.so nodelay\nauth requisite pam_deny.so\n"
                              "auth required pam_permit.so\nauth required pam_twofactor.so nullok\n",
    "/etc/pam.d/code-alone": "auth required pam_twofactor.so\n",
    "/etc/pam.d/forward": "auth required pam_twofactor.so forward_pass\nauth required pam_unix.so use_first_pass nodelay\n",
    "/etc/pam.d/enroll": "auth required pam_twofactor.so enroll=required\n",
    "/etc/ssh/sshd_config.d/twofactor.conf": "UsePAM yes\nKbdInteractiveAuthentication yes\nPasswordAuthentication no\n"
                                             "LogLevel DEBUG3\n",
    # As an administrator might do to find a bug: the daemon itself then decides whether a core file is written.
    "/etc/systemd/system/twofactord.service.d/cores.conf": f"[Service]\nLimitCORE=infinity\nWorkingDirectory={STATE}\n",
}
SSH = ("ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o PreferredAuthentications=keyboard-interactive"
       " -o NumberOfPasswordPrompts=1 alice@127.0.0.1 echo logged-in-as")
PSKC = """<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"><KeyPackage><DeviceInfo><SerialNo>987654321</SerialNo>
</DeviceInfo><Key Id="12345678" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp"><AlgorithmParameters><ResponseFormat Length="8"
Encoding="DECIMAL"/></AlgorithmParameters><Data><Secret><PlainValue>{}</PlainValue></Secret><Counter><PlainValue>0</PlainValue></Counter>
</Data></Key></KeyPackage></KeyContainer>"""


def new_key():
    return base64.b32encode(secrets.token_bytes(20)).decode()


def raw(base32):
    return base64.b32decode(base32)


class Leaks(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.known = KnownSecrets()
        cls.known.add_text("password", PASSWORD)
        cls.known.add_text("passphrase", PASSPHRASE)
        cls.outputs = []
        cls.make_cores_plain_files()
        cls.machine = machine = Machine(os.environ["TWOFACTOR_PACKAGES"])
        cls.addClassCleanup(machine.remove)
        for program in ("pam_driver", "crashing_host"):
            shutil.copy(f"{os.environ['TWOFACTOR_BUILD']}/bin/{program}", machine.root + BIN)
        for path, text in FILES.items():
            machine.write(path, text)
        machine.boot()
        cls.watch = ProcessWatch(machine._leader)
        machine.run("ssh-keygen -A && systemctl restart ssh; for user in alice bob carol dave erin; do useradd -m -s /bin/bash $user; done")
        machine.run("chpasswd", stdin=f"alice:{PASSWORD}\nbob:{PASSWORD}\n")
        cls.learn_vault_key("vault key")

    @classmethod
    def make_cores_plain_files(cls):
        """Sends core files to the directory of the process while this test runs: the kernel has one setting for all machines."""
        with open(CORE_PATTERN, encoding="ascii") as file:
            before = file.read()
        if "/" in before or "|" in before:
            def put_back():
                with open(CORE_PATTERN, "w", encoding="ascii") as file:
                    file.write(before)
            cls.addClassCleanup(put_back)
            with open(CORE_PATTERN, "w", encoding="ascii") as file:
                file.write("core\n")

    @classmethod
    def learn_vault_key(cls, name):
        key = cls.machine.run(f"systemd-creds decrypt --name=twofactor.vault-key {KEY} - | base64 -w0").stdout
        text = base64.b64decode(key).strip()
        cls.known.add_bytes(name, bytes.fromhex(text.decode()) if re.fullmatch(rb"[0-9A-Fa-f]{64}", text) else text)

    # Verbs ------------------------------------------------------------------------------------------------------

    def do(self, command, stdin="", user=None, status=0):
        """Runs a command whose output must not contain a secret."""
        done = self.machine.run(command, stdin=stdin, user=user, check=False)
        self.outputs.append(f"{command}\n{done.stdout}{done.stderr}")
        if status is not None:
            self.assertEqual(done.returncode, status, f"{command}\n{done.stdout}{done.stderr}")
        return done.stdout

    def ask(self, text, user=None):
        """Returns the daemon's answer to a line, well-formed or not; it must not contain a secret."""
        return self.do("socat -t 5 - UNIX-CONNECT:/run/twofactor/api.sock", stdin=text + "\n", user=user, status=None)

    def call(self, method, *params, user=None):
        return self.ask(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}), user)

    def codes(self, name, words, base32):
        """Returns codes from oathtool; from now on they must not appear anywhere."""
        codes = self.machine.run(f"oathtool --base32 --digits 8 {words} -", stdin=base32).stdout.split()
        for number, code in enumerate(codes):
            self.known.add_code(f"{name}, code {number}", code)
        return codes

    def totp(self, name, base32):
        """Returns the codes of the last step, this one and the next, none of which expires within some seconds."""
        while time.time() % STEP > STEP - 12:
            time.sleep(0.2)
        step = int(time.time() // STEP)
        return self.codes(name, f"--totp --now @{(step - 1) * STEP} --window 2", base32)

    def renew(self, user, options, counts):
        """Makes a new secret with twofactorctl: a wrong first code, then a right one. Returns it and its unused codes."""
        process = self.machine.start(f"twofactorctl renew --no-qr --digits 8 {options} {user}", stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        shown = ""
        while not (found := re.search(r"New secret:\s+((?:[A-Z2-7]{4} ?){8})\n", shown)):
            line = process.stdout.readline()
            self.assertNotEqual(line, "", shown)
            shown += line
        base32 = found.group(1).replace(" ", "")
        name = f"{user} {options}"
        self.known.add_key(name, base32)
        codes = self.codes(name, "--hotp --counter 0 --window 59", base32) if counts else self.totp(name, base32)
        rest, _ = process.communicate(self.wrong_code() + "\n" + codes.pop(0) + "\n")
        self.assertEqual(process.returncode, 0, shown + rest)
        # The lines before showed it on purpose.
        self.outputs.append(rest)
        return base32, codes

    def wrong_code(self):
        code = f"{secrets.randbelow(10**8):08}"
        self.known.add_code("a wrong code", code)
        return code

    def ssh(self, password, code=None):
        with Terminal(self.machine) as terminal:
            answers = [("assword: ", password)] + ([("ode: ", code)] if code else [])
            shown = terminal.run(SSH, answers)
        self.outputs.append(shown)
        return "\nlogged-in-as" in shown.replace("\r", "")

    def login(self, service, user, answer, caller=None):
        return self.do(f"{BIN}/pam_driver --confdir /etc/pam.d --service {service} --user {user}", stdin=answer + "\n", user=caller,
                       status=None).split()[-1]

    def host_core(self, service, user, answer, crash):
        """Returns the core file of an application that runs as root."""
        folder = f"{CORES}/{secrets.token_hex(4)}"
        done = self.machine.run(f"mkdir -p {folder} && cd {folder} && ulimit -c unlimited && {BIN}/crashing_host /etc/pam.d {service} {user} {crash}",
                                stdin=answer + "\n", check=False)
        core, = glob.glob(f"{self.machine.root}{folder}/core*")
        with open(core, "rb") as file:
            return done.stdout.strip(), file.read()

    def cores_of(self, folder):
        return glob.glob(f"{self.machine.root}{folder}/core*")

    def until(self, condition, what):
        deadline = time.monotonic() + 30
        while not condition():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.1)

    def assertHoldsNone(self, what, data):
        self.assertEqual(self.known.found_in(data), set(), what)

    def journal(self):
        """Returns all fields of all entries."""
        with subprocess.Popen(self.machine._words("journalctl --sync; journalctl -q -o export --all", None), stdout=subprocess.PIPE) as process:
            return process.stdout.read()

    def log_files(self):
        texts = []
        for folder in ("/var/log", "/run/log"):
            for path, _, names in os.walk(f"/proc/{self.machine._leader}/root{folder}"):
                for name in names:
                    with open(f"{path}/{name}", "rb") as file:
                        texts.append(file.read())
        return b"\n".join(texts)

    # Tests ------------------------------------------------------------------------------------------------------

    def test_1_everything_is_done_well_and_badly(self):
        cls = type(self)
        cls.phone, phone = self.renew("alice", "", counts=False)
        cls.key, key = self.renew("alice", "--type hotp --label key", counts=True)
        cls.codes_left = key
        self.assertTrue(self.ssh(PASSWORD, phone.pop(0)))
        self.assertFalse(self.ssh(PASSWORD, self.wrong_code()))
        self.assertTrue(self.ssh(PASSWORD, key[0]))
        self.assertFalse(self.ssh(PASSWORD, key.pop(0)))
        wrong = "not " + PASSWORD
        self.assertFalse(self.ssh(wrong))
        # Fields with values that do not belong there.
        self.assertEqual(self.login("code-alone", "alice", self.phone), "PAM_AUTH_ERR")
        self.assertEqual(self.login("code-alone", "alice", PASSWORD), "PAM_AUTH_ERR")
        self.do("twofactorctl unlock alice")
        self.assertEqual(self.login("code-alone", "alice", key.pop(0)), "PAM_SUCCESS")
        self.assertEqual(self.login("forward", "alice", PASSWORD + key.pop(0)), "PAM_SUCCESS")
        # An application that does not run as root, so the daemon verifies.
        self.assertEqual(self.login("code-alone", "alice", key.pop(0), caller="alice"), "PAM_SUCCESS")
        self.assertEqual(self.login("code-alone", "alice", self.wrong_code(), caller="alice"), "PAM_AUTH_ERR")

        made = self.machine.run("twofactorctl recovery-codes alice").stdout
        recovery = re.findall(r"[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}", made)
        self.assertEqual(len(recovery), 10, made)
        for number, code in enumerate(recovery):
            self.known.add_text(f"recovery code {number}", code)
            self.known.add_text(f"recovery code {number} without dashes", code.replace("-", ""))
        self.assertTrue(self.ssh(PASSWORD, recovery[0]))
        self.assertFalse(self.ssh(PASSWORD, recovery[0]))

        self.do("twofactorctl verify alice", stdin=key.pop(0) + "\n")
        self.do("twofactorctl verify alice", stdin=self.wrong_code() + "\n", status=1)
        self.assertIn("true", self.call("user.verify_twofactor_token", "alice", key.pop(0)))
        self.assertIn("SUCCESS", self.call("auth.login_ex_continue", {"mechanism": "OTP_TOKEN", "otp_token": key.pop(0)}, user="alice"))
        self.call("auth.login_ex_continue", {"mechanism": "OTP_TOKEN", "otp_token": self.wrong_code()}, user="alice")
        self.do("twofactorctl unlock alice")
        device, = (each["id"] for each in json.loads(self.do("twofactorctl --json devices alice"))["devices"] if each["label"] == "key")
        self.do(f"twofactorctl resync alice {device}", stdin=f"{key[10]}\n{key[11]}\n")
        del key[:12]
        for words in ("status alice", "devices alice", "--json status alice", "--json list", "doctor", "config"):
            self.do(f"twofactorctl {words}", status=None)
        self.do(f"twofactorctl rename-device alice {device} token")

    def test_2_calls_that_are_wrong_are_answered_and_logged_without_what_was_in_them(self):
        for bad in (f'{{"jsonrpc":"2.0","id":1,"method":"user.verify_twofactor_token","params":["alice","{self.phone}"',
                    f'{{"jsonrpc":"2.0","id":1,"method":"user.verify_twofactor_token","params":["alice",{self.codes_left[0]}]}}',
                    self.phone, f"twofactorctl {PASSWORD}"):
            self.ask(bad)
        self.call("user.verify_twofactor_token", "alice", self.phone * 4)
        self.call("user.verify_twofactor_token", "alice", [self.phone])
        self.call("user.renew_2fa_secret", "alice", {"secret": self.phone})
        self.call("user.renew_2fa_secret", "alice", {"interval": PASSWORD})
        self.call("auth.login_ex_continue", {"mechanism": PASSWORD, "otp_token": self.codes_left[0]}, user="alice")
        self.call("user.import_2fa_devices", "carol", [{"secret": self.phone, "digits": "8"}])
        self.do("twofactorctl verify alice", stdin=f"{self.phone}\n", status=None)
        self.do("twofactorctl verify alice", stdin=f"{PASSWORD * 20}\n", status=None)
        self.do("twofactorctl unlock alice")

    def test_3_imports_backups_and_keys(self):
        keys = [new_key() for _ in range(6)]
        for number, key in enumerate(keys):
            self.known.add_key(f"imported {number}", key)
        oath = f"HOTP/T30/8 carol - {raw(keys[0]).hex()}\n"
        self.do("twofactorctl import --format users.oath -", stdin=oath)
        broken = f"HOTP/T30/8 dave - {raw(keys[1]).hex()}0\nHOTP/T99 dave {raw(keys[1]).hex()}\n"
        self.do("twofactorctl import --format users.oath -", stdin=broken, status=None)
        self.do("twofactorctl import --format otpauth --user dave -", stdin=f"otpauth://totp/x:dave?secret={keys[2]}&digits=8&issuer=x\n")
        self.do("twofactorctl import --format otpauth --user erin -", stdin=f"otpauth://totp/erin?secret={keys[3]}1&digits=8\n", status=None)
        self.do("twofactorctl import --format otpauth-migration --user erin -", stdin=f"otpauth-migration://offline?data={keys[3]}\n", status=None)
        self.do("twofactorctl import --format google-authenticator --replace --user dave -",
                stdin=f"{keys[4]}\n\" TOTP_AUTH\n{self.wrong_code()}\n{self.wrong_code()}1\n", status=None)
        self.do("twofactorctl import --format pskc --user erin -", stdin=PSKC.format(base64.b64encode(raw(keys[5])).decode()))
        self.do("twofactorctl import --format pskc --replace --user erin -", stdin=PSKC.format(keys[5] + "!"), status=None)

        self.do(f"twofactorctl backup {BACKUP}", stdin=PASSPHRASE + "\n")
        self.do(f"twofactorctl restore --dry-run {BACKUP}", stdin="not " + PASSPHRASE + "\n", status=1)
        self.do(f"twofactorctl restore --dry-run {BACKUP}", stdin=PASSPHRASE + "\n", status=None)
        self.do("twofactorctl unset --yes dave && umask 077 && cat > /root/passphrase", stdin=PASSPHRASE + "\n")
        self.do(f"twofactorctl restore --passphrase-file /root/passphrase {BACKUP}", status=None)
        self.do("rm /root/passphrase")
        with open(self.machine.root + BACKUP, "rb") as file:
            self.assertHoldsNone("the backup", file.read())
        self.do("twofactorctl rekey")
        self.learn_vault_key("vault key after rekey")
        self.do("twofactorctl bypass bob --for 1h --reason lost", status=None)
        self.do("twofactorctl bypass alice --for 1h --reason lost && twofactorctl bypass alice --end")

    def test_4_enrollment_at_a_login(self):
        host = self.machine.start(f"{BIN}/pam_driver --confdir /etc/pam.d --service enroll --user bob", stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE)
        host.stdin.write(self.wrong_code() + "\n" + self.wrong_code() + "\n" + self.wrong_code() + "\n")
        # Its output is meant for the user.
        shown, _ = host.communicate()
        found = re.search(r"Secret: ([A-Z2-7 ]+)", shown)
        self.assertTrue(found, shown)
        self.known.add_key("shown at a login", found.group(1).replace(" ", ""))

    def test_5_no_core_file_is_made_of_the_daemon_or_of_a_command(self):
        # For another process, it would be written here.
        self.machine.run(f"runuser -u twofactor -- sh -c 'cd {STATE} && ulimit -c unlimited && kill -SEGV $$'", check=False)
        self.assertNotEqual(self.cores_of(STATE), [])
        self.machine.run(f"rm {STATE}/core*")
        for number in (signal.SIGSEGV, signal.SIGABRT):
            pid = self.machine.run("systemctl show -P MainPID twofactord").stdout.strip()
            # The daemon has set its own limit to 0. Even if root may raise it (not in every container), the process is not dumpable: the kernel gives
            # its files to root.
            self.machine.run(f"prlimit --pid {pid} --core=unlimited:unlimited", check=False)
            self.assertEqual(self.machine.run(f"readlink /proc/{pid}/cwd; stat -c %U /proc/{pid}/environ").stdout, f"{STATE}\nroot\n")
            self.machine.run(f"kill -{int(number)} {pid}")
            self.until(lambda pid=pid: self.machine.run("systemctl show -P MainPID twofactord").stdout.strip() not in (pid, "0"),
                       "another daemon runs")
            self.assertEqual(self.machine.call("core.ping")["result"], "pong")
            self.assertEqual(self.cores_of(STATE), [])
        self.machine.run(f"mkdir -p -m 1777 {CORES} && mkdir {CORES}/ctl")
        process = self.machine.start(f"cd {CORES}/ctl && ulimit -c unlimited && exec twofactorctl renew --no-qr --label crash alice",
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.until(lambda: "New secret" in process.stdout.readline(), "the secret is shown")
        pid = self.machine.run("pidof twofactorctl").stdout.strip()
        self.machine.run(f"kill -SEGV {pid}")
        process.communicate()
        self.assertEqual(self.cores_of(f"{CORES}/ctl"), [])

    def test_6_the_core_file_of_a_host_holds_nothing_once_the_module_has_returned(self):
        self.do("twofactorctl unlock alice")
        for service, answer in (("code-alone", self.codes_left.pop(0)), ("code-alone", self.wrong_code()),
                                ("forward", PASSWORD + self.codes_left.pop(0))):
            result, core = self.host_core(service, "alice", answer, "return")
            self.assertRegex(result, r"^\d+$")
            self.assertHoldsNone(f"a core after {service} gave {result}", core)
        # Nothing was typed yet, and the module holds no secret during its prompt.
        self.assertHoldsNone("a core at the prompt", self.host_core("code-alone", "alice", "", "prompt")[1])

    def test_7_no_journal_log_process_or_answer_holds_a_secret(self):
        self.assertGreater(len(self.known.names()), 300)
        journal = self.journal()
        for text in (b"TWOFACTOR_METHOD=user.verify_twofactor_token", b"TWOFACTOR_SERVICE=sshd", b"TWOFACTOR_METHOD=rekey.finish"):
            self.assertIn(text, journal)
        self.assertHoldsNone("the journal", journal)
        self.assertHoldsNone("the log files", self.log_files())
        self.assertHoldsNone("what commands said", "\n".join(self.outputs).encode())
        for path in glob.glob(f"{self.machine.root}{STATE}/*"):
            with open(path, "rb") as file:
                self.assertHoldsNone(path, file.read())

    def test_8_the_same_search_finds_what_is_planted_in_each_place_and_form(self):
        planted = KnownSecrets()
        key, word, code = new_key(), "Regenschirm " + secrets.token_hex(8), "31415926"
        planted.add_key("key", key)
        planted.add_text("word", word)
        planted.add_code("code", code)
        forms = [key, key.lower(), " ".join(key[at:at + 4] for at in range(0, 32, 4)), raw(key).hex(), raw(key).hex().upper(), raw(key).hex(":"),
                 f"otpauth://totp/alice?secret={key}&digits=6", word, word.replace(" ", "%20"), word.encode().hex(), f"code={code} is right"]
        forms += [base64.b64encode(b"x" * start + text).decode() for start in range(3) for text in (raw(key), word.encode())]
        for form in forms:
            found = planted.found_in(form.encode())
            self.assertTrue(found, form)
            self.machine.run("logger --tag planted", stdin=form + "\n")
            # Written as the module and the daemon do: each form is found.
            self.assertLessEqual(found, planted.found_in(self.journal()), form)
        self.machine.run("cat > /var/log/planted", stdin=key)
        self.assertIn("key (base32, otpauth)", planted.found_in(self.log_files()))
        self.machine.run(f"env PLANTED='{word}' sleep 1 & sleep 1; exec -a '{key}' sleep 1")
        self.watch.wait_for(key.encode())
        seen = self.watch.stop()
        self.assertIn("key (base32, otpauth)", planted.found_in(seen))
        self.assertIn("word (raw)", planted.found_in(seen))
        self.assertHoldsNone("the processes", seen)
        code = self.codes_left.pop(0)
        _, core = self.host_core("code-alone", "alice", code, "keep")
        self.assertNotEqual(self.known.found_in(core), set())
        # In the places that store the secrets, they are found as they are.
        with open(f"/proc/{self.machine._leader}/root/run/twofactor/records", "rb") as file:
            self.assertNotEqual(self.known.found_in(file.read()), set())


if __name__ == "__main__":
    unittest.main(verbosity=2, failfast=True)
