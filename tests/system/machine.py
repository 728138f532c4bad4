"""A real Debian with systemd as PID 1, booted by systemd-nspawn, in which the built packages are installed.

debootstrap makes the tree once, and it is kept. Each machine is an overlay on it, so that tests do not change it.
"""

import fcntl
import glob
import hashlib
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import tempfile
import time

# The Debian release to boot, for which the packages were built.
SUITE = os.environ.get("TWOFACTOR_SUITE") or platform.freedesktop_os_release()["VERSION_CODENAME"]
# In addition to our packages' dependencies.
PACKAGES = [
    "dbus", "expect", "iproute2", "libpam-runtime", "login", "oathtool", "openssh-client", "openssh-server", "passwd",
    "procps", "socat", "sqlite3", "sudo", "systemd", "systemd-sysv",
    # Sources of a user's fields, directories and homes that can be stopped, and a third-party WebSocket client.
    "bindfs", "libnss-extrausers", "libnss-ldapd", "nslcd", "python3-websocket", "samba", "slapd", "systemd-userdbd",
    "winbind",
    # Applications that use PAM without root.
    "freeradius", "freeradius-utils", "postgresql", "vlock",
]
# Packages that older releases do not have.
NEWER_PACKAGES = [] if SUITE == "bookworm" else ["samba-ad-dc", "sudo-rs"]
# Packages from which only the PAM files and profiles are copied to STACKS, because they depend on a desktop or a directory.
STACKS_OF = ["gdm3", "libpam-ldapd", "libpam-sss", "lightdm"]
STACKS = "/usr/local/share/stacks"
SERVERS = ["freeradius.service", "nmbd.service", "nslcd.service", "postgresql.service", "samba-ad-dc.service",
           "slapd.service", "smbd.service", "winbind.service"]
CACHE = os.environ.get("TWOFACTOR_TEST_CACHE", "/var/cache/twofactor-tests")
BOOT_SECONDS = 120
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {"PATH": PATH, "HOME": "/", "LANG": "C.UTF-8", "TERM": "dumb"}


def debian_mirror():
    """Returns the mirror that this machine installs from."""
    for name in ["/etc/apt/sources.list"] + sorted(glob.glob("/etc/apt/sources.list.d/*")):
        if not os.path.isfile(name):
            continue
        with open(name, encoding="utf-8", errors="replace") as file:
            for line in file:
                found = re.match(r"\s*(?:deb\s+(?:\[[^]]*\]\s+)?|URIs:\s*)(\S+://\S+)", line)
                if found and "security" not in line:
                    return found.group(1)
    raise RuntimeError("no Debian mirror in /etc/apt")


def dependencies(packages):
    """Returns the names of the packages that those in the folder `packages` depend on, without themselves."""
    fields = {}
    for package in glob.glob(f"{packages}/*.deb"):
        shown = subprocess.run(["dpkg-deb", "--show", "--showformat=${Package}\n${Pre-Depends}, ${Depends}", package],
                               check=True, text=True, capture_output=True).stdout
        name, fields[name] = shown.split("\n", 1)
    # The first alternative, without its architecture and version.
    wanted = {re.split(r"[ :(|]", word.strip())[0] for field in fields.values() for word in field.split(",")}
    return sorted(wanted - set(fields) - {""})


def base_tree(packages):
    """Returns the tree for our packages. If it does not exist, one of the tests that run in parallel makes it."""
    os.makedirs(CACHE, exist_ok=True)
    with open(f"{CACHE}/lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return make_base_tree(sorted(set(PACKAGES + NEWER_PACKAGES + dependencies(packages))))


def make_base_tree(included):
    digest = hashlib.sha256(" ".join(included + STACKS_OF).encode()).hexdigest()[:12]
    tree = f"{CACHE}/{SUITE}-{digest}"
    if os.path.exists(f"{tree}/.whole"):
        return tree
    shutil.rmtree(tree, ignore_errors=True)
    subprocess.run(["debootstrap", "--variant=minbase", SUITE, tree, debian_mirror()], check=True,
                   stdout=subprocess.DEVNULL)
    install(tree, included)
    add_stacks(tree)
    open(f"{tree}/.whole", "w", encoding="ascii").close()
    return tree


def layer_of(packages, more):
    """What `more` Debian packages add to the kept tree for ours, kept beside it: (layer, tree), as overlayfs takes its lower folders."""
    tree = base_tree(packages)
    if not more:
        return [tree]
    layer = f"{tree}-{hashlib.sha256(' '.join(more).encode()).hexdigest()[:12]}"
    with open(f"{CACHE}/lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(layer):
            make_layer(tree, layer, more)
    return [layer, tree]


def make_layer(tree, layer, more):
    """Appears whole or not at all."""
    with tempfile.TemporaryDirectory(prefix="twofactor-layer-", dir=CACHE) as work:
        for folder in ("upper", "work", "root"):
            os.mkdir(f"{work}/{folder}")
        os.chmod(f"{work}/upper", 0o755)
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", f"lowerdir={tree},upperdir={work}/upper,workdir={work}/work", f"{work}/root"], check=True)
        try:
            install(f"{work}/root", more)
        finally:
            subprocess.run(["umount", f"{work}/root"], check=True)
        os.rename(f"{work}/upper", layer)


def run_in(tree, script, *arguments):
    """Runs a shell script in a tree that is not booted."""
    subprocess.run(["unshare", "--mount", "sh", "-ec", 'mount -t proc proc "$0/proc"; exec chroot "$0" sh -ec "$@"', tree, script, "sh", *arguments],
                   check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   env={**os.environ, "PATH": PATH, "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"})


def install(tree, packages):
    """Installs packages with apt, because debootstrap knows no virtual packages. Starts no services."""
    run_in(tree, r"""
        printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
        chmod 755 /usr/sbin/policy-rc.d
        apt-get -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io install "$@"
        apt-get -qq clean
        rm /usr/sbin/policy-rc.d""", *packages)


def add_stacks(tree):
    run_in(tree, f"""
         mkdir -p {STACKS}/lists
         cd {STACKS}
         apt-get -qq -o Dir::State::Lists={STACKS}/lists update
         apt-get -qq -o Dir::State::Lists={STACKS}/lists -o APT::Sandbox::User=root download {" ".join(STACKS_OF)}
         for package in *.deb; do dpkg-deb -x "$package" whole; done
         cp whole/etc/pam.d/* whole/usr/share/pam-configs/* .
         rm -r lists whole *.deb""")


class Machine:
    """One booted system. `run` runs a command in it as root.

    The packages are in PACKAGES_FOLDER of it; they are installed already, unless `installed` is false. `more` are Debian packages that this machine
    alone has, whose units `servers` are masked until the test starts them.
    """

    PACKAGES_FOLDER = "/var/tmp/packages"

    def __init__(self, packages, installed=True, more=(), servers=()):
        self._work = tempfile.mkdtemp(prefix="twofactor-machine-", dir="/var/tmp")
        self.root = f"{self._work}/root"
        for folder in ("upper", "work", "root"):
            os.mkdir(f"{self._work}/{folder}")
        subprocess.run(
            ["mount", "-t", "overlay", "overlay", "-o",
             f"lowerdir={':'.join(layer_of(packages, more))},upperdir={self._work}/upper,workdir={self._work}/work", self.root], check=True)
        self._nspawn = None
        self._leader = None
        self._prepare(packages, servers)
        if installed:
            self._install()

    def _prepare(self, packages, servers):
        shutil.copytree(packages, self.root + self.PACKAGES_FOLDER)
        for path in ("/etc/machine-id",):
            open(self.root + path, "w", encoding="ascii").close()
        self.write("/etc/hostname", "testhost\n")
        # It has no network, so nothing waits for one.
        subprocess.run(["systemctl", "--root", self.root, "mask", "--quiet", "systemd-networkd-wait-online.service"],
                       check=True)
        # A test starts those that it needs.
        subprocess.run(["systemctl", "--root", self.root, "mask", "--quiet", *SERVERS, *servers], check=True)

    def _install(self):
        done = subprocess.run(
            ["chroot", self.root, "sh", "-c", f"dpkg -i {self.PACKAGES_FOLDER}/*.deb"], check=False, text=True,
            capture_output=True, env={"PATH": PATH, "DEBIAN_FRONTEND": "noninteractive", "LANG": "C.UTF-8"})
        if done.returncode != 0:
            raise RuntimeError("the packages were not installed:\n" + done.stdout + done.stderr)

    def write(self, path, text, mode=0o644):
        """Writes a file in the machine, booted or not."""
        os.makedirs(os.path.dirname(self.root + path), exist_ok=True)
        with open(self.root + path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.root + path, mode)

    def put(self, path, folder):
        """Copies a file of text into the machine's folder."""
        with open(path, encoding="utf-8") as file:
            self.write(f"{folder}/{os.path.basename(path)}", file.read())

    def put_talk(self, name, folder):
        """Copies one of this folder's expect scripts into the machine's folder."""
        self.put(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), folder)

    def boot(self):
        with open(f"{self._work}/console", "ab") as log:
            self._nspawn = subprocess.Popen(
                ["systemd-nspawn", "--quiet", "-D", self.root, "--boot", "--register=no", "--keep-unit",
                 "--private-network", "--machine=" + os.path.basename(self._work).replace("_", "0"), "--console=pipe",
                 # Otherwise mlockall(2) is filtered, which a real machine allows the daemon.
                 "--capability=CAP_IPC_LOCK"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self._leader = None
        deadline = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < deadline:
            if self._nspawn.poll() is not None:
                break
            self._leader = self._find_leader()
            if self._leader:
                state = self.run("systemctl is-system-running", check=False).stdout.strip()
                if state in ("running", "degraded"):
                    self.run("ip link set lo up")
                    return
            time.sleep(0.2)
        with open(f"{self._work}/console", encoding="utf-8", errors="replace") as console:
            raise RuntimeError("the machine did not boot:\n" + console.read()[-5000:])

    def _find_leader(self):
        try:
            with open(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children", encoding="ascii") as children:
                found = children.read().split()
            return int(found[0]) if found else None
        except OSError:
            return None

    def _words(self, command, user):
        enter = ["nsenter", "-t", str(self._leader), "-m", "-u", "-i", "-n", "-p", "-C", "--"]
        if user:
            enter += ["runuser", "-u", user, "--"]
        return enter + ["/bin/bash", "-c", command]

    def run(self, command, check=True, user=None, stdin="", timeout=60):
        """Runs a shell command in the machine; returns a CompletedProcess with text."""
        result = subprocess.run(self._words(command, user), input=stdin, text=True, capture_output=True, timeout=timeout,
                                env=ENVIRONMENT, check=False)
        if check and result.returncode != 0:
            raise AssertionError(f"{command}: status {result.returncode}\n{result.stdout}\n{result.stderr}")
        return result

    def stop(self):
        """Shuts the machine down in order; its files stay."""
        if self._nspawn is None or self._nspawn.poll() is not None:
            return
        if self._leader:
            os.kill(self._leader, signal.SIGRTMIN + 4)
        try:
            self._nspawn.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(self._nspawn.pid, signal.SIGKILL)
            self._nspawn.wait()

    def reboot(self):
        self.stop()
        self.boot()

    def remove(self):
        self.stop()
        subprocess.run(["umount", "-l", self.root], check=False)
        shutil.rmtree(self._work, ignore_errors=True)

    # Verbs of the tests ------------------------------------------------------------------------------------------

    def start(self, command, user=None, **streams):
        """Starts a shell command in the machine; returns the Popen, with text."""
        return subprocess.Popen(self._words(command, user), text=True, env=ENVIRONMENT, **streams)

    def connection(self, user=None):
        """Returns a connection to the daemon that stays open."""
        return Connection(self.start("exec socat - UNIX-CONNECT:/run/twofactor/api.sock", user=user,
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE))

    def call(self, method, *params, user=None):
        """Makes one JSON-RPC call over the socket with socat, as `user` or root; returns the whole answer."""
        request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        done = self.run("socat -t 20 - UNIX-CONNECT:/run/twofactor/api.sock", user=user, stdin=request + "\n")
        return json.loads(done.stdout)

    def entry(self, name, user=None):
        """Returns a user's whole entry, as root or `user` sees it."""
        answer = self.call("user.get_instance", name, user=user)
        if "result" not in answer:
            raise AssertionError(f"the entry of {name}: {answer}")
        return answer["result"]

    def add_directory(self):
        """Makes libnss-extrausers the machine's directory, for users who are not in /etc/passwd. Call it before or after the boot."""
        for database in ("passwd", "group", "shadow"):
            self.write(f"/var/lib/extrausers/{database}", "")
        with open(self.root + "/etc/nsswitch.conf", encoding="ascii") as file:
            switch = file.read()
        self.write("/etc/nsswitch.conf", re.sub(r"(?m)^(passwd|group|shadow):.*", r"\1: files extrausers", switch))

    def add_directory_user(self, name, uid, gecos="", shadow="*:20000:0:99999:7:::"):
        """Makes a user and a group of the same name and number. Writes no line in shadow if `shadow` is None."""
        for database, line in (("passwd", f"{name}:x:{uid}:{uid}:{gecos}:/home/{name}:/bin/bash"),
                               ("group", f"{name}:x:{uid}:"), ("shadow", shadow and f"{name}:{shadow}")):
            if line:
                with open(f"{self.root}/var/lib/extrausers/{database}", "a", encoding="utf-8") as file:
                    file.write(line + "\n")
        self.run(f"install -d -m 700 -o {uid} -g {uid} /home/{name}")


class Connection:
    """A connection to the machine's daemon, through socat in the machine."""

    def __init__(self, process):
        self._process = process

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.communicate()

    def call(self, method, *params):
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())
