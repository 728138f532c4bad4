"""What a run stands on, all of it its own: folders, a mount namespace with users and a log socket, a daemon."""

import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

FIRST_UID = 2_000_000  # As in bench_users.h.
DAEMON_UID = 1_999_999
NOBODY = 65534
RENEWERS = 64


def run(*words, **options):
    return subprocess.run([str(word) for word in words], check=True, text=True, **options)


def lock_as_much_as_is_allowed():
    """The service has LimitMEMLOCK=infinity."""
    try:
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (-1, -1))
    except (OSError, ValueError):
        most = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (most, most))


def enter_namespace():
    """Runs this program again where mounts are its own; needs root."""
    if "TWOFACTOR_BENCH_INSIDE" in os.environ:
        return
    os.environ["TWOFACTOR_BENCH_INSIDE"] = "1"
    words = ["unshare", "--mount", "--propagation", "private", sys.executable, "-B", *sys.argv]
    os.execvp(words[0], words)


class Ground:
    """The folders: `disk`, where /var/lib and /etc would be, and `memory`, where /run would be."""

    def __init__(self, build):
        self.bin = pathlib.Path(build) / "bin"
        self.disk = pathlib.Path(tempfile.mkdtemp(prefix="twofactor-bench-", dir="/var/tmp"))
        self.memory = pathlib.Path(tempfile.mkdtemp(prefix="twofactor-bench-", dir="/dev/shm"))
        for folder in (self.disk, self.memory):
            folder.chmod(0o755)
        # As the package installs it.
        self.module = self.disk / "pam_twofactor.so"
        run("strip", "-o", self.module, pathlib.Path(build) / "pam_module/pam_twofactor.so")
        self.module.chmod(0o644)
        self.log_sink = None

    def __enter__(self):
        self._add_users()
        self._make_dev()
        self._start_log_sink()
        return self

    def __exit__(self, *_):
        if self.log_sink:
            self.log_sink.terminate()
            self.log_sink.wait()
        for folder in (self.disk, self.memory):
            shutil.rmtree(folder, ignore_errors=True)

    def _add_users(self):
        """The daemon's user, and users whose secrets are renewed: NSS must know them."""
        lines = [f"twofactor:x:{DAEMON_UID}:{NOBODY}::/nonexistent:/usr/sbin/nologin"]
        lines += [f"bench{n:07}:x:{FIRST_UID + n}:{NOBODY}::/nonexistent:/usr/sbin/nologin" for n in range(RENEWERS)]
        known = pathlib.Path("/etc/passwd").read_text()
        kept = [line for line in known.splitlines() if not line.startswith("twofactor:")]
        passwd = self.disk / "passwd"
        passwd.write_text("\n".join(kept + lines) + "\n")
        run("mount", "--bind", passwd, "/etc/passwd")

    def _make_dev(self):
        """A /dev in which /dev/log is ours: audit lines are sent and received, and fill nobody's journal."""
        dev = self.disk / "dev"
        dev.mkdir()
        run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", dev)
        for name in ("null", "zero", "full", "random", "urandom", "tty"):
            (dev / name).touch()
            run("mount", "--bind", f"/dev/{name}", dev / name)
        for name in ("shm", "pts"):
            if os.path.isdir(f"/dev/{name}"):
                (dev / name).mkdir()
                run("mount", "--rbind", f"/dev/{name}", dev / name)
        os.symlink("/proc/self/fd", dev / "fd")
        run("mount", "--move", dev, "/dev")

    def _start_log_sink(self):
        self.log_file = self.memory / "log"
        self.log_sink = subprocess.Popen(
            ["socat", "-u", "UNIX-RECV:/dev/log,mode=0666", f"OPEN:{self.log_file},creat,append"])
        while not os.path.exists("/dev/log"):
            time.sleep(0.01)
        # A machine without systemd has no journal, and the module logs to /dev/log there.
        if os.path.isdir("/run/systemd/journal"):
            run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run/systemd/journal")
            os.symlink("/dev/log", "/run/systemd/journal/socket")

    def audit_lines(self):
        """How many lines the module has written until now."""
        time.sleep(0.2)
        return self.log_file.read_bytes().count(b"second factor ")

    def evict(self, *files):
        """Takes files out of the page cache, as they are after a boot."""
        for file in files:
            with open(file, "rb") as opened:
                os.fsync(opened.fileno())
                os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class Daemon:
    """twofactord with a private store, in the rights that it has as a service."""

    def __init__(self, ground):
        self.ground = ground
        self.run_directory = ground.memory / "daemon"
        self.state = ground.disk / "state"
        self.config = ground.disk / "twofactord.conf"
        self.key = ground.disk / "vault.key"
        self.config.write_text(
            f"[paths]\nrun_directory = {self.run_directory}\nstate_directory = {self.state}\nkey_file = {self.key}\n"
            f"[renewal]\nper_minute = 0\n[verify]\ntrusted_uids = {NOBODY}\n")
        self.process = None

    def start(self):
        """Starts it; gives the seconds until it said that it is ready."""
        notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notified.bind("\0twofactor-bench-%d" % os.getpid())
        notified.settimeout(300)
        log = open(self.ground.disk / "daemon.log", "ab")
        start = time.monotonic()
        self.process = subprocess.Popen(
            [self.ground.bin / "twofactord", "--foreground", "--config", self.config], stderr=log,
            env=dict(os.environ, NOTIFY_SOCKET="@twofactor-bench-%d" % os.getpid()),
            preexec_fn=lock_as_much_as_is_allowed)
        while b"READY=1" not in notified.recv(4096):
            pass
        seconds = time.monotonic() - start
        notified.close()
        return seconds

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
            self.process = None

    def start_cold(self):
        """As after a boot: no live store, and nothing of the vault in memory."""
        self.stop()
        shutil.rmtree(self.run_directory, ignore_errors=True)
        self.ground.evict(*self.state.iterdir(), self.ground.bin / "twofactord")
        return self.start()

    def memory(self):
        """Bytes: its own memory, and the files of the live store, all of which count as mapped."""
        fields = {}
        for line in open(f"/proc/{self.process.pid}/smaps_rollup"):
            words = line.split()
            if words[-1] == "kB":
                fields[words[0]] = 1024 * int(words[1])
        store = sum(os.stat(self.run_directory / name).st_blocks * 512 for name in ("index", "records", "ledger"))
        return {"own": fields["Anonymous:"], "store": store, "resident": fields["Rss:"]}
