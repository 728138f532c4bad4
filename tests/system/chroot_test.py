"""The packages in a clean tree that is not booted, as an image builder installs them: Debian and RPM packages leave behind only what they announce.

No service runs and policy-rc.d allows none, as in piuparts.
"""

import glob
import hashlib
import os
import stat
import subprocess
import unittest

from machine import ENVIRONMENT, Machine

PACKAGES_FOLDER = Machine.PACKAGES_FOLDER
SECRETS = {"/etc/credstore": "", "/etc/credstore/twofactor.vault-key-file": "0" * 64 + "\n",
           "/var/lib/twofactor": "", "/var/lib/twofactor/vault.sqlite": "sealed\n"}
# What installing, removing and reading any package changes, not only ours.
OF_EVERY_PACKAGE = ("/var/cache/", "/var/lib/apt/", "/var/lib/dpkg/status", "/var/lib/dpkg/lock", "/var/lib/dpkg/triggers/",
                    "/var/lib/dpkg/available", "/var/log/", "/.rpmdb/", "/usr/share/licenses/", "/var/lib/pam/seen", "/var/lib/systemd/deb-systemd",
                    "/run/", "/tmp/", "/dev/", "/usr/lib/sysimage/", "/usr/lib/.build-id", PACKAGES_FOLDER)
# The README says that the user and the group stay.
ACCOUNTS = ["/etc/group", "/etc/group-", "/etc/gshadow", "/etc/gshadow-", "/etc/passwd", "/etc/passwd-", "/etc/shadow",
            "/etc/shadow-"]
# Only Debian has pam-auth-update. Fedora and its relatives have SELinux instead of AppArmor.
OF_DEBIAN_ALONE = {"/usr/share/pam-configs/twofactor", "/etc/apparmor.d/twofactord", "/etc/apparmor.d/abstractions/twofactor"}
NAMES = "twofactord libpam-twofactor twofactorctl"
HAND_WRITTEN = "auth required pam_twofactor.so nullok\n"


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Chroot(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.machine = machine = Machine(os.environ["TWOFACTOR_PACKAGES"], installed=False)
        self.addCleanup(machine.remove)
        machine.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)
        # Without it, the packages could use neither random numbers nor pipes.
        subprocess.run(["mount", "--bind", "/dev", f"{machine.root}/dev"], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", f"{machine.root}/dev"], check=True)

    def run_in_it(self, command, status=0, **environment):
        done = subprocess.run(["chroot", self.machine.root, "/bin/sh", "-c", command], text=True, capture_output=True, check=False,
                              stdin=subprocess.DEVNULL,
                              env={**ENVIRONMENT, "DEBIAN_FRONTEND": "noninteractive", **environment})
        self.assertEqual(done.returncode, status, f"{command}:\n{done.stdout}\n{done.stderr}")
        return done.stdout + done.stderr

    def files(self):
        """Returns mode, owner and content of every file, except those that any package's installation changes."""
        found = {}
        for folder, folders, names in os.walk(self.machine.root):
            for name in folders + names:
                path = f"{folder}/{name}"
                inside = path.removeprefix(self.machine.root)
                if f"{inside}/".startswith(OF_EVERY_PACKAGE):
                    continue
                status = os.lstat(path)
                content = os.readlink(path) if stat.S_ISLNK(status.st_mode) else digest(path) if stat.S_ISREG(status.st_mode) else ""
                found[inside] = (oct(status.st_mode), status.st_uid, status.st_gid, content)
        return found

    def changed(self, before):
        after = self.files()
        return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))

    def add_secrets(self):
        """Makes the files that a daemon leaves after it has run."""
        for path, content in SECRETS.items():
            if content:
                self.machine.write(path, content, 0o600)

    def secrets_there(self):
        return [path for path in SECRETS if os.path.exists(self.machine.root + path)]

    def hand_write(self):
        with open(f"{self.machine.root}/etc/pam.d/sshd", encoding="ascii") as file:
            self.machine.write("/etc/pam.d/sshd", file.read() + HAND_WRITTEN)

    def take_out(self):
        self.run_in_it("sed -i '/pam_twofactor/d' /etc/pam.d/sshd")

class Debian(Chroot):

    def test_purged_they_leave_the_accounts_behind_and_nothing_else(self):
        before = self.files()
        self.run_in_it(f"apt-get install -y {PACKAGES_FOLDER}/*.deb")
        self.run_in_it("pam-auth-update --enable twofactor")
        # Installing the same again does to the files what an upgrade does.
        self.run_in_it(f"dpkg -i {PACKAGES_FOLDER}/*.deb")
        self.run_in_it("grep -q pam_twofactor.so /etc/pam.d/common-auth")
        self.run_in_it(f"apt-get purge -y {NAMES}")
        self.assertEqual([path for path in self.changed(before) if path not in ACCOUNTS], [])

    def test_a_removal_keeps_configuration_and_secrets_and_a_purge_that_was_told_so_keeps_nothing(self):
        before = self.files()
        self.run_in_it(f"apt-get install -y {PACKAGES_FOLDER}/*.deb")
        self.add_secrets()
        self.machine.write("/etc/twofactor/twofactord.conf", "[otpauth]\nissuer = Example Ltd\n")
        self.run_in_it(f"apt-get remove -y {NAMES}")
        self.assertEqual(self.secrets_there(), list(SECRETS))
        self.run_in_it(f"apt-get install -y {PACKAGES_FOLDER}/*.deb")
        self.run_in_it("grep -q 'Example Ltd' /etc/twofactor/twofactord.conf")
        said = self.run_in_it(f"apt-get purge -y {NAMES}")
        self.assertIn("/var/lib/twofactor\n", said)
        self.assertEqual(self.secrets_there(), list(SECRETS))
        self.run_in_it(f"apt-get install -y {PACKAGES_FOLDER}/*.deb")
        self.run_in_it(f"apt-get purge -y {NAMES}", TWOFACTOR_PURGE_SECRETS="yes")
        self.assertEqual([path for path in self.changed(before) if path not in ACCOUNTS], [])


class Rpm(Chroot):
    """Uses the rpm of this machine in the tree: it installs and runs there what it would on a system of its own."""

    def setUp(self):
        super().setUp()
        self.packages = self.build(1)

    def build(self, number):
        root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
        folder = f"{self.machine.root}{PACKAGES_FOLDER}/rpm{number}"
        subprocess.run([f"{root}/packaging/build-rpm", "--compiled", folder], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "BUILD_NUMBER": str(number)})
        return sorted(glob.glob(f"{folder}/*/*.rpm"))

    def rpm(self, *words, status=0):
        # The dependencies are Debian packages, which are not in rpm's database.
        done = subprocess.run(["rpm", "--root", self.machine.root, *words], text=True, capture_output=True,
                              check=False, env=ENVIRONMENT)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_they_do_not_go_while_a_line_names_the_module_and_leave_accounts_and_secrets_behind(self):
        self.assertEqual(len(self.packages), 3)
        before = self.files()
        self.rpm("-i", "--nodeps", *self.packages)
        self.run_in_it("getent passwd twofactor && getent group twofactor-admin")
        self.run_in_it("twofactorctl --version && twofactord --check-config")
        self.run_in_it("systemctl is-enabled twofactord.socket twofactord.service twofactor-accounts.socket")
        self.hand_write()
        # An upgrade also removes the older packages, and must not be refused.
        self.rpm("-U", "--nodeps", *self.build(2))
        self.assertEqual(self.rpm("-q", "--qf", "%{RELEASE} ", "twofactord", "pam_twofactor", "twofactorctl"), "2 2 2 ")
        self.run_in_it("systemctl is-enabled twofactord.socket twofactord.service twofactor-accounts.socket")
        for package in ("pam_twofactor", "twofactord"):
            self.assertIn(f"{package} is not removed, because logins need it", self.rpm("-e", "--nodeps", package, status=1))
        self.run_in_it("test -x /usr/libexec/twofactor/twofactord && test -e /usr/lib/*/security/pam_twofactor.so")
        self.take_out()
        self.add_secrets()
        self.rpm("-e", "--nodeps", "twofactorctl", "pam_twofactor", "twofactord")
        self.assertEqual(self.secrets_there(), list(SECRETS))
        self.assertEqual([path for path in self.changed(before) if path not in [*ACCOUNTS, *SECRETS, "/etc/pam.d/sshd"]], [])

    def test_an_edited_configuration_is_kept_and_the_files_are_those_of_the_debian_packages(self):
        self.rpm("-i", "--nodeps", *self.packages)
        self.machine.write("/etc/twofactor/twofactord.conf", "[otpauth]\nissuer = Example Ltd\n")
        ours = self.of_packages(self.rpm("-ql", "twofactord", "pam_twofactor", "twofactorctl").splitlines())
        self.rpm("-e", "--nodeps", "twofactorctl", "pam_twofactor", "twofactord")
        self.run_in_it("grep -q 'Example Ltd' /etc/twofactor/twofactord.conf.rpmsave")
        self.run_in_it(f"apt-get install -y {PACKAGES_FOLDER}/*.deb")
        debians = self.of_packages(self.run_in_it(f"dpkg -L {NAMES}").splitlines())
        self.assertEqual(ours, debians - OF_DEBIAN_ALONE)

    def of_packages(self, paths):
        """Returns the files without the folders, and without the documentation, which the two systems keep in different places."""
        own = ("/usr/share/doc/", "/usr/share/licenses/", "/usr/share/lintian/", "/usr/lib/.build-id")
        return {path.removesuffix(".gz") for path in paths
                if not path.startswith(own) and not os.path.isdir(self.machine.root + path)}


if __name__ == "__main__":
    unittest.main(verbosity=2)
