"""The built daemon on a disk that takes no changes, is full, or is lost; and beside another daemon. Runs as root, in a mount namespace of its own."""

import base64
import glob
import json
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
import unittest

from one_time_codes import STEP_SECONDS, current_step, hotp, secret_of, totp

START_SECONDS = 60
# A user that every system has.
ALICE = "daemon"


def files(folder):
    """Which files are in a folder, and whose: a daemon that runs writes to its own."""
    found = {}
    for path in [folder, *glob.glob(f"{folder}/**", recursive=True)]:
        status = os.lstat(path)
        found[path] = (status.st_mode, status.st_uid, status.st_gid, status.st_ino)
    return found


def tree(folder):
    """The same, and what writing to one would change."""
    return {path: (*about, os.lstat(path).st_size, os.lstat(path).st_mtime_ns, os.lstat(path).st_ctime_ns) for path, about in files(folder).items()}


class Machine:
    """A folder with the daemon's configuration, and the daemons that are started with it."""

    def __init__(self, test):
        self.folder = tempfile.mkdtemp(prefix="twofactor-disk-")
        test.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        os.chmod(self.folder, 0o755)
        os.mkdir(self.path("state"), 0o700)
        os.mkdir(self.path("pam.d"))
        self.write("twofactord.conf", "".join(f"{line}\n" for line in (
            "[paths]", f"run_directory = {self.path('run')}", f"state_directory = {self.path('state')}", f"key_file = {self.path('key')}")))
        self.write("pam.d/login", f"auth required {os.environ['TWOFACTOR_MODULE']} run_dir={self.path('run')}\n")
        self.write("pam.d/nullok", f"auth required {os.environ['TWOFACTOR_MODULE']} run_dir={self.path('run')} nullok\n"
                   "auth required pam_permit.so\n")
        self.process = None
        test.addCleanup(self.stop)

    def path(self, name):
        return f"{self.folder}/{name}"

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def daemon(self, *options):
        return [os.environ["TWOFACTORD"], "--config", self.path("twofactord.conf"), *options]

    def start(self):
        """Starts the daemon and waits until it serves."""
        log = open(self.path("log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(self.daemon("--foreground"), stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while self.call("config").returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("the daemon did not start:\n" + self.log())
            time.sleep(0.05)
        log.close()

    def log(self):
        with open(self.path("log"), encoding="utf-8") as file:
            return file.read()

    def stop(self, how="terminate"):
        if self.process is not None:
            getattr(self.process, how)()
            self.process.wait()
            self.process = None

    def run(self, *options, timeout=START_SECONDS):
        """The daemon, which is to end by itself."""
        return subprocess.run(self.daemon(*options), text=True, capture_output=True, check=False, timeout=timeout)

    def call(self, *words, stdin=""):
        return subprocess.run([os.environ["TWOFACTORCTL"], "--run-dir", self.path("run"), *words], input=stdin, text=True, capture_output=True,
                              check=False, timeout=60)

    def login(self, code, service="login", user=ALICE):
        """True where the module lets the user in."""
        return subprocess.run([os.environ["PAM_DRIVER"], "--confdir", self.path("pam.d"), "--service", service, "--user", user],
                              input=code + "\n", text=True, capture_output=True, check=False, timeout=60).returncode == 0

    def enroll(self):
        done = self.call("--json", "renew", "--no-confirm", ALICE)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        return secret_of(done.stdout)

    def lose_ledger(self):
        """As a reboot does."""
        shutil.rmtree(self.path("run"))

    def request(self, method, *params):
        """One call over the socket; its result."""
        done = subprocess.run(["socat", "-t", "20", "-", f"UNIX-CONNECT:{self.path('run/api.sock')}"], text=True, capture_output=True, check=True,
                              input=json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}) + "\n")
        return json.loads(done.stdout)["result"]

    def health(self):
        return self.request("core.health")

    def enroll_with_every_kind(self):
        """The secrets of an app and of a hardware token, and a recovery code."""
        app, token = os.urandom(20), os.urandom(20)
        devices = [{"type": kind, "secret": base64.b32encode(secret).decode(), "label": kind} for kind, secret in (("TOTP", app), ("HOTP", token))]
        uid = pwd.getpwnam(ALICE).pw_uid
        self.request("user.import_2fa_devices", [{"username": ALICE, "uid": uid, "devices": devices}], {})
        done = self.call("--json", "recovery-codes", ALICE)
        return app, token, json.loads(done.stdout)["recovery_codes"][0]


def mount(*words):
    subprocess.run(["mount", *words], check=True)


def unmount(path):
    subprocess.run(["umount", path], check=True)


class Disk(unittest.TestCase):
    def setUp(self):
        self.machine = Machine(self)

    def mount_state(self, options):
        mount("-t", "tmpfs", "-o", f"mode=700,{options}", "tmpfs", self.machine.path("state"))
        # Lazily: the daemon is stopped before.
        self.addCleanup(subprocess.run, ["umount", "-l", self.machine.path("state")], check=False)

    def wait_for_the_next_step(self, secret):
        """A code of `secret` that no reboot has closed, and whose step is not about to end."""
        deadline = time.monotonic() + 120
        while self.machine.health()["birth_wait"] > 0 or int(time.time()) % 30 > 25:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.5)
        return totp(secret)

    def refused_changes(self, reason):
        """Each change is refused with the reason."""
        for words, stdin in ((("renew", "--no-confirm", ALICE), ""), (("recovery-codes", ALICE), ""), (("unset", "--yes", ALICE), ""),
                             (("config", "set", "window", "2"), ""), (("bypass", ALICE, "--for", "1h"), ""),
                             (("rekey", "--key-file", self.machine.path("key")), "")):
            done = self.machine.call(*words, stdin=stdin)
            self.assertNotEqual(done.returncode, 0, words)
            self.assertRegex(done.stdout + done.stderr, reason, words)

    def codes_that_the_daemon_consumes_are_refused(self, hotp_secret, recovery):
        for code in (hotp(hotp_secret, 0), recovery):
            for _ in range(2):
                self.assertFalse(self.machine.login(code), code)

    def contents(self):
        """What is in each file of the state directory."""
        found = {}
        for name in os.listdir(self.machine.path("state")):
            with open(self.machine.path(f"state/{name}"), "rb") as file:
                found[name] = file.read()
        return found

    def set_up(self):
        """alice with an app, a hardware token and recovery codes; the daemon was killed, so its last commits are in the log alone."""
        self.machine.start()
        secrets = self.machine.enroll_with_every_kind()
        self.machine.stop("kill")
        return secrets

    def check_takes_no_changes(self, secrets, reason):
        app, token, recovery = secrets
        before = tree(self.machine.path("state"))
        self.machine.start()
        self.assertEqual(len(self.machine.health()["problems"]), 1)
        self.assertRegex(self.machine.health()["problems"][0], reason)
        self.assertRegex(self.machine.call("doctor").stdout, reason)
        self.assertRegex(self.machine.log(), reason)
        self.refused_changes(reason)
        self.codes_that_the_daemon_consumes_are_refused(token, recovery)
        code = self.wait_for_the_next_step(app)
        self.assertTrue(self.machine.login(code))
        self.assertFalse(self.machine.login(code))
        self.assertEqual(tree(self.machine.path("state")), before)
        self.assertEqual(sorted(os.listdir(self.machine.path("run"))), ["accounts.sock", "api.sock", "index", "ledger", "lock", "records"])

    def check_is_well_again(self, secrets):
        """After a restart on a disk that takes changes."""
        _, token, recovery = secrets
        self.machine.stop()
        self.machine.start()
        self.assertEqual(self.machine.health()["problems"], [])
        self.assertTrue(self.machine.login(hotp(token, 0)))
        self.assertFalse(self.machine.login(hotp(token, 0)))
        self.assertTrue(self.machine.login(recovery))
        self.machine.enroll()

    def test_1_read_only_disk_at_boot(self):
        self.mount_state("size=8m")
        secrets = self.set_up()
        self.machine.lose_ledger()
        mount("-o", "remount,ro", self.machine.path("state"))
        self.check_takes_no_changes(secrets, "read-only: .*Read-only file system")
        mount("-o", "remount,rw", self.machine.path("state"))
        deadline = time.monotonic() + 60
        while "can be written again" not in self.machine.log():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.5)
        self.check_is_well_again(secrets)

    def test_2_disk_without_a_free_inode_at_boot(self):
        self.mount_state("size=8m,nr_inodes=8")
        self.machine.start()
        secrets = self.machine.enroll_with_every_kind()
        # In order, so that there is no log to write to.
        self.machine.stop()
        self.machine.lose_ledger()
        made = 0
        try:
            while True:
                os.close(os.open(self.machine.path(f"state/filler-{made}"), os.O_CREAT | os.O_EXCL))
                made += 1
        except OSError:
            pass
        self.check_takes_no_changes(secrets, "read-only: .*No space left on device")
        for number in range(made):
            os.unlink(self.machine.path(f"state/filler-{number}"))
        self.check_is_well_again(secrets)

    def test_3_full_disk_at_boot(self):
        self.mount_state("size=1m")
        app, token, recovery = self.set_up()
        self.machine.lose_ledger()
        with open(self.machine.path("state/filler"), "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        before = self.contents()
        self.machine.start()
        self.refused_changes("full|read-only")
        self.codes_that_the_daemon_consumes_are_refused(token, recovery)
        code = self.wait_for_the_next_step(app)
        self.assertTrue(self.machine.login(code))
        self.assertFalse(self.machine.login(code))
        # The log takes what finds room in its last block, and no commit.
        after = self.contents()
        log = "vault.sqlite-wal"
        self.assertEqual(after[log][:len(before[log])], before[log])
        self.assertEqual({**after, log: before[log]}, before)
        deadline = time.monotonic() + 120
        while not self.machine.health()["problems"]:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.5)
        self.assertRegex(self.machine.health()["problems"][0], "full|read-only")
        os.unlink(self.machine.path("state/filler"))
        self.check_is_well_again((app, token, recovery))

    def test_4_lost_disk_lets_nobody_in_and_no_vault_is_made_in_its_place(self):
        disk = self.machine.path("disk")
        os.mkdir(disk, 0o700)
        mount("--bind", disk, self.machine.path("state"))
        app = None
        try:
            self.machine.start()
            app = self.machine.enroll()
            self.machine.stop()
        finally:
            unmount(self.machine.path("state"))
        self.assertEqual(self.machine.run("--foreground").returncode, 1)
        # With the live store of the last start, logins go on as they were.
        while int(time.time()) % STEP_SECONDS > STEP_SECONDS - 10:
            time.sleep(0.5)
        # A device has no past before its enrollment, so neither waits; the second is within the window.
        for step, service in enumerate(("login", "nullok"), current_step()):
            self.assertFalse(self.machine.login("", service))
            self.assertTrue(self.machine.login(hotp(app, step), service))
            for again in ("login", "nullok"):
                self.assertFalse(self.machine.login(hotp(app, step), again))
        self.machine.lose_ledger()
        for _ in range(2):
            done = self.machine.run("--foreground")
            self.assertEqual(done.returncode, 1)
            self.assertIn("vault.sqlite is not there", done.stderr)
            self.assertIn("twofactord --new-vault", done.stderr)
            self.assertEqual(os.listdir(self.machine.path("state")), [])
            for service in ("login", "nullok"):
                self.assertFalse(self.machine.login("", service))
        mount("--bind", disk, self.machine.path("state"))
        try:
            self.machine.start()
            self.assertTrue(self.machine.login(self.wait_for_the_next_step(app)))
            self.machine.stop()
        finally:
            unmount(self.machine.path("state"))

    def test_5_who_starts_anew_says_so(self):
        self.machine.start()
        self.machine.enroll()
        self.machine.stop()
        refused = self.machine.run("--new-vault")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("there is a vault", refused.stderr)
        os.unlink(self.machine.path("state/vault.sqlite"))
        self.assertEqual(self.machine.run("--foreground").returncode, 1)
        self.assertEqual(self.machine.run("--new-vault").returncode, 0)
        self.machine.start()
        self.assertEqual(self.machine.health()["users"], 0)
        self.assertEqual(self.machine.health()["problems"], [])

    def test_6_second_daemon_changes_nothing(self):
        self.machine.start()
        app = self.machine.enroll()
        before = files(self.machine.folder)
        for options in (["--foreground"], []):
            done = self.machine.run(*options)
            self.assertEqual(done.returncode, 1)
            self.assertIn("another twofactord uses", done.stderr)
            self.assertEqual(files(self.machine.folder), before)
        # The same run directory with another vault, and the other way round.
        for key, value in (("state_directory", "other-state"), ("run_directory", "other-run")):
            with open(self.machine.path("twofactord.conf"), encoding="utf-8") as file:
                lines = [f"{key} = {self.machine.path(value)}" if line.startswith(key) else line for line in file.read().splitlines()]
            self.machine.write("other.conf", "\n".join(lines) + "\n")
            before = files(self.machine.path("run")), files(self.machine.path("state"))
            done = subprocess.run([os.environ["TWOFACTORD"], "--config", self.machine.path("other.conf"), "--foreground"], text=True,
                                  capture_output=True, check=False, timeout=START_SECONDS)
            self.assertEqual(done.returncode, 1)
            self.assertIn("another twofactord uses", done.stderr)
            self.assertEqual((files(self.machine.path("run")), files(self.machine.path("state"))), before)
        # Who a user is comes over the accounts socket.
        self.assertEqual(self.machine.call("status", ALICE).returncode, 0)
        self.assertTrue(self.machine.login(self.wait_for_the_next_step(app)))

    def test_7_run_directory_that_is_a_link_is_refused_and_its_target_left_alone(self):
        target = self.machine.path("of-somebody-else")
        os.mkdir(target, 0o711)
        os.chown(target, 12345, 12345)
        os.symlink(target, self.machine.path("run"))
        before = tree(target)
        done = self.machine.run("--foreground")
        self.assertEqual(done.returncode, 1)
        self.assertIn("symbolic link", done.stderr)
        self.assertEqual(tree(target), before)
        self.assertTrue(stat.S_ISLNK(os.lstat(self.machine.path("run")).st_mode))


if __name__ == "__main__":
    unittest.main(verbosity=2)
