"""A user who attacks the daemon in every way at once neither slows the logins of others more than a user who computes something does, nor fills
its memory, its descriptors or the disk. TWOFACTOR_ATTACK_ROUNDS: how many logins of each kind are timed in each part."""

import os
import re
import statistics
import subprocess
import sys
import time
import unittest

import attackers
from one_time_codes import hotp, secret_of, totp
from private_daemon import PrivateDaemon

ROUNDS = int(os.environ.get("TWOFACTOR_ATTACK_ROUNDS", "20"))
HOTP_SECRET = b"12345678901234567890"
# Of the hostile user, and what the daemon has for itself.
CONNECTIONS = 64
OWN_FILES = 40
MEBIBYTE = 1 << 20
MEMORY = 128 * MEBIBYTE
# Of connections that have sent the longest options; one that is parsed takes 2 MiB meanwhile.
KEPT_MEMORY = 16 * MEBIBYTE
# How many times as long as beside the same processes that only compute.
SLOWER = 3


class Crowd:
    """One process for each way, for as long as `with` lasts. `tries` is then what each did."""

    def __init__(self, socket, ways):
        self._socket = socket
        self._ways = ways
        self.tries = {}

    def __enter__(self):
        self._processes = [(way, subprocess.Popen([sys.executable, "-B", attackers.__file__, self._socket, way.__name__], stdout=subprocess.PIPE, text=True))
                           for way in self._ways]
        time.sleep(1)
        return self

    def __exit__(self, *_):
        for _, process in self._processes:
            process.terminate()
        for way, process in self._processes:
            try:
                self.tries[way.__name__] = int(process.communicate(timeout=30)[0] or -1)
            finally:
                process.kill()


class Attack(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # As its unit has it.
        cls.daemon = cls.enterClassContext(PrivateDaemon(["nice", "-n", "-5"]))
        cls.counter = 0
        os.mkdir(cls.daemon.path("pam.d"))
        cls.daemon.write("pam.d/door", f"auth required {os.environ['TWOFACTOR_MODULE']} run_dir={cls.daemon.path('run')}\n")
        users = cls.daemon.write("users.oath", f"HOTP bin - {HOTP_SECRET.hex()} 0\n")
        imported = cls.daemon.call("import", users)
        assert imported.returncode == 0, imported.stderr

    def login(self, user, typed):
        """How long a login takes that succeeds."""
        start = time.monotonic()
        done = subprocess.run([os.environ["PAM_DRIVER"], "--confdir", self.daemon.path("pam.d"), "--service", "door", "--user", user],
                              input=typed + "\n", text=True, capture_output=True, check=False, timeout=60)
        took = time.monotonic() - start
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return took

    def renewal(self):
        """How long it takes, and the secret."""
        start = time.monotonic()
        done = self.daemon.call("--json", "renew", "--no-confirm", "games")
        took = time.monotonic() - start
        self.assertEqual(done.returncode, 0, done.stderr)
        return took, secret_of(done.stdout)

    def round(self, times):
        took, secret = self.renewal()
        times["renewal by root"].append(took)
        times["login that the module grants"].append(self.login("games", totp(secret)))
        times["login that the daemon grants"].append(self.login("bin", hotp(HOTP_SECRET, type(self).counter)))
        type(self).counter += 1

    def rounds(self):
        times = {"renewal by root": [], "login that the module grants": [], "login that the daemon grants": []}
        for _ in range(ROUNDS):
            self.round(times)
        return times

    def bytes_on_disk(self):
        return sum(os.stat(os.path.join(folder, name)).st_blocks * 512
                   for root in ("run", "state") for folder, _, names in os.walk(self.daemon.path(root)) for name in names)

    def resident(self):
        with open(f"/proc/{self.daemon.pid}/status", encoding="utf-8") as status:
            return int(re.search(r"VmRSS:\s+(\d+) kB", status.read()).group(1)) * 1024

    def files(self):
        return len(os.listdir(f"/proc/{self.daemon.pid}/fd"))

    def test_a_hostile_user_slows_nobody_and_fills_nothing(self):
        quiet = self.rounds()
        socket = self.daemon.path("run/api.sock")
        with Crowd(socket, [attackers.spin] * len(attackers.WAYS)):
            busy = self.rounds()
        disk, memory = self.bytes_on_disk(), self.resident()
        most_files = 0
        with Crowd(socket, attackers.WAYS) as crowd:
            attacked = {what: [] for what in quiet}
            for _ in range(ROUNDS):
                self.round(attacked)
                most_files = max(most_files, self.files())
            memory = self.resident() - memory
            disk = self.bytes_on_disk() - disk
        print(f"\ntries: {crowd.tries}; {most_files} descriptors, {memory / MEBIBYTE:.1f} MiB more memory, {disk / 1024:.0f} KiB more on disk")
        for what in quiet:
            print(f"{what}, median and longest in ms:", *(
                f"{name} {statistics.median(times[what]) * 1000:.2f} {max(times[what]) * 1000:.1f}"
                for name, times in (("quiet", quiet), ("busy", busy), ("attacked", attacked))))
        # Few of those that the daemon has to read: their user has a fifth of a core for all of them.
        for way, tries in crowd.tries.items():
            self.assertGreater(tries, 0, way)
        self.assertLessEqual(most_files, CONNECTIONS + OWN_FILES)
        self.assertLess(memory, MEMORY)
        # What the renewals and counters of this test itself write.
        self.assertLess(disk, 8 * MEBIBYTE)
        for what in quiet:
            self.assertLess(statistics.median(attacked[what]), SLOWER * statistics.median(busy[what]), what)

    def test_a_connections_options_are_not_kept(self):
        options = b'{"jsonrpc":"2.0","id":1,"method":"core.set_options","params":[{"a":[' + b"[]," * 21000 + b"[]]}]}\n"
        self.assertLess(len(options), 65536)
        before = self.resident()
        peers = []
        for _ in range(CONNECTIONS):
            os.seteuid(12345)
            try:
                peers.append(attackers.connected(self.daemon.path("run/api.sock")))
            finally:
                os.seteuid(0)
            # Each costs some milliseconds of the daemon's time, of which the user has a fifth.
            peers[-1].settimeout(30)
            peers[-1].sendall(options)
            self.assertIn(b'"result":null', peers[-1].recv(4096))
        memory = self.resident() - before
        print(f"\n{CONNECTIONS} connections with options of {len(options)} bytes each: {memory / MEBIBYTE:.1f} MiB more memory")
        for peer in peers:
            peer.close()
        self.assertLess(memory, KEPT_MEMORY)

    def ask(self):
        """What the hostile user may ask as anybody does."""
        return subprocess.run([os.environ["TWOFACTORCTL"], "--run-dir", self.daemon.path("run"), "status", "games"], user=12345, group=12345,
                              extra_groups=[], text=True, capture_output=True, check=False, timeout=20)

    def test_then_the_user_is_served_again(self):
        deadline = time.monotonic() + 20
        while "too many calls to the daemon" in (said := self.ask().stderr):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        self.assertIn("you may only name yourself", said)


if __name__ == "__main__":
    unittest.main()
