"""The SELinux module of $SELINUX_MODULE compiles, links with every module of Debian's policy, and what results allows what it should. Nothing is
loaded or installed."""

import bz2
import collections
import glob
import os
import shutil
import subprocess
import tempfile
import unittest

import setools

DEBIAN = "/usr/share/selinux/default"
CONTEXTS = "/etc/selinux/default/contexts/files/file_contexts"
LOGINS = ["sshd_t", "local_login_t", "cockpit_session_t"] + [
    f"{role}_{program}_t" for role in ("user", "staff", "sysadm") for program in ("sudo", "su")]
SECRETS = ["twofactor_vault_t", "twofactor_key_t", "twofactor_store_t"]


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def build():
    """The policy and the module's file contexts, in the current folder."""
    for file in glob.glob(os.path.join(os.environ["SELINUX_MODULE"], "twofactor.*")):
        shutil.copy(file, ".")
    run("make", "-s", "-f", "/usr/share/selinux/devel/Makefile", "twofactor.pp")
    run("semodule_unpackage", "twofactor.pp", "twofactor.mod", "contexts")
    os.mkdir("modules")
    for packed in glob.glob(DEBIAN + "/*.pp.bz2"):
        with bz2.open(packed) as module, open("modules/" + os.path.basename(packed)[:-4], "wb") as out:
            shutil.copyfileobj(module, out)
    others = [module for module in sorted(glob.glob("modules/*.pp")) if module != "modules/base.pp"]
    run("semodule_link", "-o", "linked", "modules/base.pp", *others, "twofactor.pp")
    run("semodule_expand", "linked", "policy")


def members(name):
    return [str(member) for member in name.expand()]


def is_unconditional(rule):
    try:
        return rule.conditional is None
    except setools.exception.RuleNotConditional:
        return True


class Policy:
    """What the policy allows always, and what it allows at all, if only while a boolean is set."""

    def __init__(self, path):
        policy = setools.SELinuxPolicy(path)
        self.types = {str(name) for name in policy.types()}
        self.always = collections.defaultdict(set)  # (source, target, class) -> permissions
        self.ever = collections.defaultdict(set)  # the same
        self.named = collections.defaultdict(set)  # (target, class, permission) -> sources of rules that name the target itself
        self.starts = {}  # (source, program) -> domain
        for rule in policy.terules():
            target, kind = str(rule.target), str(rule.tclass)
            if str(rule.ruletype) == "type_transition" and kind == "process":
                for source in members(rule.source):
                    for program in members(rule.target):
                        self.starts[source, program] = str(rule.default)
            if str(rule.ruletype) != "allow":
                continue
            permissions = {str(permission) for permission in rule.perms}
            for permission in permissions:
                self.named[target, kind, permission].add(str(rule.source))
            self._add(rule, kind, permissions)

    def _add(self, rule, kind, permissions):
        always = is_unconditional(rule)
        targets = members(rule.target)
        for source in members(rule.source):
            for each in targets:
                if source.startswith("twofactor") or each.startswith("twofactor") or source == each:
                    self.ever[source, each, kind] |= permissions
                    if always:
                        self.always[source, each, kind] |= permissions


class PolicyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.addClassCleanup(os.chdir, os.getcwd())
        os.chdir(scratch.name)
        build()
        cls.policy = Policy("policy")

    def granted(self, rules, source, target, kind):
        # A type that is misspelt, or that a policy does not have, is not a right that is missing.
        self.assertLessEqual({source, target}, self.policy.types)
        return rules[source, target, kind]

    def allows(self, source, target, kind, *permissions):
        missing = set(permissions) - self.granted(self.policy.always, source, target, kind)
        self.assertFalse(missing, f"{source} lacks {missing} on {kind} {target}")

    def forbids(self, source, target, kind, *permissions):
        excess = set(permissions) & self.granted(self.policy.ever, source, target, kind)
        self.assertFalse(excess, f"{source} has {excess} on {kind} {target}")

    def only(self, target, kind, permission, *sources):
        """Programs for every file, such as backups and unconfined_t, come in by attributes and are not meant."""
        self.assertIn(target, self.policy.types)
        self.assertEqual(self.policy.named[target, kind, permission], set(sources))

    def may_ask(self, domain):
        self.allows(domain, "twofactor_runtime_t", "dir", "search")
        self.allows(domain, "twofactor_socket_t", "sock_file", "write")
        self.allows(domain, "twofactord_t", "unix_stream_socket", "connectto")

    def test_logins_read_the_store_use_up_codes_and_ask_the_daemon(self):
        # xdm_t is unconfined in Debian, so it has nothing forbidden.
        for login in LOGINS + ["xdm_t"]:
            with self.subTest(login):
                self.may_ask(login)
                self.allows(login, "twofactor_store_t", "file", "open", "read", "write", "map")
                self.allows(login, login, "capability", "dac_override")

    def test_logins_reach_neither_vault_nor_key_nor_helper_and_remove_nothing(self):
        for login in LOGINS:
            with self.subTest(login):
                self.forbids(login, "twofactor_vault_t", "file", "read", "write")
                self.forbids(login, "twofactor_key_t", "file", "read", "write")
                self.forbids(login, "twofactor_store_t", "file", "create", "unlink", "rename")
                self.forbids(login, "twofactor_accounts_t", "unix_stream_socket", "connectto")

    def test_users_ask_the_daemon_and_read_no_secret(self):
        for user in ("user_t", "staff_t"):
            with self.subTest(user):
                self.may_ask(user)
                self.forbids(user, "twofactor_accounts_socket_t", "sock_file", "write")
                for secret in SECRETS:
                    self.forbids(user, secret, "file", "open", "read", "write", "map")

    def test_servers_read_no_secret(self):
        for server in ("httpd_t", "postgresql_t", "named_t"):
            for secret in SECRETS:
                with self.subTest(server=server, secret=secret):
                    self.forbids(server, secret, "file", "open", "read", "write", "map")

    def test_nobody_else_is_named_in_a_rule_about_secrets(self):
        self.only("twofactor_vault_t", "file", "read", "twofactord_t")
        self.only("twofactor_key_t", "file", "read", "init_t", "twofactor_keymaker_t", "twofactord_t")
        self.only("twofactor_key_t", "file", "write", "twofactor_keymaker_t")
        self.only("twofactor_store_t", "file", "create", "twofactord_t")
        self.only("twofactor_accounts_socket_t", "sock_file", "write", "init_t", "twofactord_t")

    def test_systemd_starts_each_program_in_its_domain_with_no_new_privileges(self):
        for name in ("twofactord", "twofactor_accounts", "twofactor_keymaker"):
            with self.subTest(name):
                domain, program = name + "_t", name + "_exec_t"
                self.assertEqual(self.policy.starts["init_t", program], domain)
                self.allows("init_t", program, "file", "execute")
                self.allows("init_t", domain, "process", "transition")
                self.allows("init_t", domain, "process2", "nnp_transition")
                self.allows(domain, program, "file", "entrypoint")

    def test_systemd_makes_run_directory_and_sockets(self):
        self.allows("systemd_tmpfiles_t", "twofactor_runtime_t", "dir", "create", "setattr", "relabelto")
        for domain in ("twofactord_t", "twofactor_accounts_t"):
            self.allows("init_t", domain, "unix_stream_socket", "create", "bind", "listen")
        for socket in ("twofactor_socket_t", "twofactor_accounts_socket_t"):
            self.allows("init_t", socket, "sock_file", "create", "setattr", "unlink")

    def test_the_daemon_keeps_vault_and_store_and_speaks_locally(self):
        self.allows("twofactord_t", "twofactor_vault_t", "file", "create", "read", "write", "unlink", "lock", "map")
        self.allows("twofactord_t", "twofactor_runtime_t", "dir", "add_name", "remove_name")
        self.allows("twofactord_t", "twofactor_store_t", "file", "create", "write", "rename", "map")
        self.allows("twofactord_t", "twofactor_accounts_t", "unix_stream_socket", "connectto")
        self.allows("twofactord_t", "syslogd_t", "unix_dgram_socket", "sendto")
        self.allows("twofactord_t", "init_t", "unix_dgram_socket", "sendto")

    def test_the_daemon_has_no_network_no_capability_no_shell_and_no_homes(self):
        for kind in ("tcp_socket", "udp_socket", "rawip_socket", "packet_socket", "netlink_route_socket"):
            self.forbids("twofactord_t", "twofactord_t", kind, "create")
        self.assertEqual(self.granted(self.policy.ever, "twofactord_t", "twofactord_t", "capability"), set())
        self.forbids("twofactord_t", "shadow_t", "file", "read")
        self.forbids("twofactord_t", "user_home_t", "file", "read")
        self.forbids("twofactord_t", "shell_exec_t", "file", "execute_no_trans")

    def test_the_helper_reads_what_the_system_knows_of_users_and_writes_none_of_it(self):
        for source in ("shadow_t", "sshd_key_t", "ssh_home_t", "user_home_t"):
            with self.subTest(source):
                self.allows("twofactor_accounts_t", source, "file", "open", "read")
                self.forbids("twofactor_accounts_t", source, "file", "write", "create", "unlink")
        self.allows("twofactor_accounts_t", "sshd_exec_t", "file", "execute_no_trans")
        self.allows("twofactor_accounts_t", "twofactor_accounts_t", "capability", "dac_read_search", "setuid", "setgid", "kill")
        self.forbids("twofactor_accounts_t", "twofactor_accounts_t", "capability", "dac_override", "sys_admin")
        for secret in SECRETS:
            self.forbids("twofactor_accounts_t", secret, "file", "read", "write")

    def test_upkeep_asks_the_daemon(self):
        self.may_ask("initrc_t")

    def test_every_installed_path_has_its_label(self):
        # The module's file contexts after Debian's: the last that matches counts.
        with open(CONTEXTS) as debian, open("contexts") as ours, open("all_contexts", "w") as out:
            out.write(debian.read() + ours.read())
        for mode, path, label in (
                ("file", "/usr/libexec/twofactor/twofactord", "twofactord_exec_t"),
                ("file", "/usr/libexec/twofactor/twofactor-accounts", "twofactor_accounts_exec_t"),
                ("file", "/usr/libexec/twofactor/make-vault-key", "twofactor_keymaker_exec_t"),
                ("file", "/usr/libexec/twofactor/seal-vault-key", "twofactor_keymaker_exec_t"),
                ("file", "/usr/bin/twofactorctl", "bin_t"),
                ("dir", "/run/twofactor", "twofactor_runtime_t"),
                ("file", "/run/twofactor/index", "twofactor_store_t"),
                ("file", "/run/twofactor/index.new", "twofactor_store_t"),
                ("file", "/run/twofactor/records", "twofactor_store_t"),
                ("file", "/run/twofactor/ledger", "twofactor_store_t"),
                ("sock_file", "/run/twofactor/api.sock", "twofactor_socket_t"),
                ("sock_file", "/run/twofactor/accounts.sock", "twofactor_accounts_socket_t"),
                ("dir", "/var/lib/twofactor", "twofactor_vault_t"),
                ("file", "/var/lib/twofactor/vault.sqlite-wal", "twofactor_vault_t"),
                ("file", "/etc/twofactor/twofactord.conf", "twofactor_etc_t"),
                ("file", "/etc/twofactor/vault.key", "twofactor_key_t"),
                ("file", "/etc/credstore/twofactor.vault-key-file", "twofactor_key_t"),
                ("file", "/etc/credstore.encrypted/twofactor.vault-key", "twofactor_key_t")):
            with self.subTest(path):
                found = subprocess.run(["matchpathcon", "-n", "-f", "all_contexts", "-m", mode, path], check=True, capture_output=True, text=True)
                self.assertEqual(found.stdout.strip().split(":")[2], label)


if __name__ == "__main__":
    unittest.main()
