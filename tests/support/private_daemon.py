"""The built twofactord with a store of its own, and the built twofactorctl that talks to it. Nothing of this system's logins is touched."""

import os
import shutil
import subprocess
import tempfile
import time

START_SECONDS = 20


class PrivateDaemon:
    """Runs from `with` to its end, by the command `prefix`, which is to become it. `call` is one twofactorctl."""

    def __init__(self, prefix=()):
        self._prefix = prefix

    def __enter__(self):
        self._folder = tempfile.mkdtemp(prefix="twofactor-cli-")
        # The daemon may give root's rights up on the way, and goes on seeing its own.
        os.chmod(self._folder, 0o755)
        self.write("twofactord.conf", "".join(f"{line}\n" for line in (
            "[paths]", f"run_directory = {self._folder}/run", f"state_directory = {self._folder}/state", f"key_file = {self._folder}/key")))
        self._start()
        return self

    def _start(self):
        with open(f"{self._folder}/log", "wb") as log:
            self._process = subprocess.Popen(
                [*self._prefix, os.environ["TWOFACTORD"], "--foreground", "--config", f"{self._folder}/twofactord.conf"], stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while self.call("config").returncode != 0:
            if time.monotonic() > deadline or self._process.poll() is not None:
                said = self._log()
                self.__exit__()
                raise RuntimeError(f"the daemon did not start:\n{said}")
            time.sleep(0.05)

    def restart(self, lose_run_directory=False):
        """Stops it and starts it again; `lose_run_directory`: as after a reboot."""
        self._process.terminate()
        self._process.wait()
        if lose_run_directory:
            shutil.rmtree(self.path("run"))
        self._start()

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder)

    def _log(self):
        with open(f"{self._folder}/log", encoding="utf-8") as file:
            return file.read()

    @property
    def pid(self):
        return self._process.pid

    def stop(self):
        """As systemd does it, and does not wait."""
        self._process.terminate()

    def wait(self):
        """Its exit status."""
        return self._process.wait(timeout=30)

    def path(self, name):
        return f"{self._folder}/{name}"

    def write(self, name, text):
        """A file that nobody else may read."""
        with open(os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def call(self, *words, stdin=""):
        return subprocess.run([os.environ["TWOFACTORCTL"], "--run-dir", self.path("run"), *words], input=stdin, text=True, capture_output=True,
                              check=False, timeout=60)
