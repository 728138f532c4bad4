"""seal-vault-key with a TPM in software: what it seals opens with that TPM alone."""

import os
import secrets
import shutil
import subprocess
import tempfile
import time
import unittest
from unittest import mock

SEAL = os.path.join(os.path.dirname(__file__), "../../systemd/seal-vault-key")
NAME = "--name=twofactor.vault-key"
# How systemd-creds begins what is sealed with the secret of the installation, and with the TPM beside it.
HOST = b"Whxqht+dQJax1aZeCGLx"
HOST_AND_TPM = b"k6iUCUh0RJCQyvL8k8q1"


class Tpm:
    """A TPM that runs for one command, as systemd 252 leaves sessions in one that nothing manages."""

    def __init__(self, folder):
        self._folder = folder
        self._socket = f"{folder}/socket"
        os.makedirs(f"{folder}/state")

    def run(self, command, text):
        with subprocess.Popen(
                ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self._folder}/state", "--server", f"type=unixio,path={self._socket}", "--ctrl",
                 f"type=unixio,path={self._socket}.ctrl", "--flags", "not-need-init,startup-clear"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as tpm:
            try:
                while not os.path.exists(f"{self._socket}.ctrl"):
                    time.sleep(0.01)
                environment = {**os.environ, "SYSTEMD_TPM2_DEVICE": f"swtpm:path={self._socket}"}
                return subprocess.run(command, input=text, capture_output=True, env=environment, check=False)
            finally:
                tpm.kill()
                tpm.wait()
                for name in (self._socket, f"{self._socket}.ctrl"):
                    if os.path.exists(name):
                        os.unlink(name)


@unittest.skipUnless(os.geteuid() == 0, "needs root")
@unittest.skipUnless(shutil.which("systemd-creds"), "needs systemd-creds, of the package systemd")
class SealTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.sealed = f"{self.folder}/sealed"
        self.key = secrets.token_hex(32).encode()

    def open(self, tpm=None):
        command = ["systemd-creds", "decrypt", NAME, self.sealed, "-"]
        return tpm.run(command, b"") if tpm else subprocess.run(command, capture_output=True, check=False)

    def start_of_sealed(self):
        with open(self.sealed, "rb") as file:
            return file.read(len(HOST))

    @unittest.skipUnless(shutil.which("swtpm"), "needs swtpm, of the package swtpm")
    def test_key_opens_with_the_tpm_that_sealed_it_and_with_no_other(self):
        own, other = Tpm(f"{self.folder}/own"), Tpm(f"{self.folder}/other")
        self.assertEqual(own.run([SEAL, self.sealed], self.key + b"\n").returncode, 0)
        self.assertEqual(self.start_of_sealed(), HOST_AND_TPM)
        self.assertTrue(self.open(own).stdout == self.key + b"\n")
        self.assertNotEqual(self.open(other).returncode, 0)
        self.assertNotEqual(self.open().returncode, 0)

    # A TPM that this machine may have is not asked.
    @mock.patch.dict(os.environ, SYSTEMD_TPM2_DEVICE="swtpm:path=/nonexistent")
    def test_without_a_tpm_the_key_is_bound_to_the_installation(self):
        self.assertEqual(subprocess.run([SEAL, self.sealed], input=self.key, check=False).returncode, 0)
        self.assertEqual(self.start_of_sealed(), HOST)
        self.assertTrue(self.open().stdout == self.key + b"\n")

    def test_tool_that_seals_what_does_not_open_makes_no_key(self):
        tools = f"{self.folder}/tools"
        os.mkdir(tools)
        with open(f"{tools}/systemd-creds", "w", encoding="ascii") as file:
            file.write('#!/bin/sh\n[ "$1" = encrypt ] || exit 1\nfor last; do :; done\necho sealed >"$last"\n')
        os.chmod(f"{tools}/systemd-creds", 0o755)
        environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
        self.assertNotEqual(subprocess.run([SEAL, self.sealed], input=self.key + b"\n", env=environment, check=False).returncode, 0)
        self.assertFalse(os.path.exists(self.sealed))


if __name__ == "__main__":
    unittest.main()
