"""Every field of a user's entry follows its source: the test changes the source with the system's own command, and the field changes.

Users come from /etc/passwd and from a directory (libnss-extrausers). All tests share one machine, and each has its own users.
"""

import functools
import json
import os
import re
import statistics
import unittest

from machine import Machine

PASSWORD = "correct horse"
REDACTED = "********"
DIRECTORY_OFFSET = 100000000
# The stack of chpasswd(8), which remembers old passwords before Debian's own line.
COMMON_PASSWORD = """password required pam_pwhistory.so remember=20
password [success=ignore default=1] pam_localuser.so
password required pam_unix.so use_authtok yescrypt rounds=1
password required pam_permit.so
"""
# Replaces a tool: continues only after all others of the group were started.
RENDEZVOUS = """#!/bin/sh
: >/tmp/started.{name}
until [ "$(ls /tmp/started.* | wc -l)" -ge {count} ]; do sleep 0.02; done
exec {real} "$@"
"""


def for_both(test):
    """Runs a test for a new local user and for a new one of the directory."""
    stem = "".join(word[0] for word in test.__name__.split("_"))[:14]

    @functools.wraps(test)
    def run(self):
        for kind, name in ((self.local, "l" + stem), (self.directory, "d" + stem)):
            with self.subTest(user=kind(name)):
                test(self, name)
    return run


class Fields(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.machine = machine = Machine(os.environ["TWOFACTOR_PACKAGES"])
        cls.addClassCleanup(machine.remove)
        machine.add_directory()
        machine.write("/etc/pam.d/common-password", COMMON_PASSWORD)
        machine.write("/etc/twofactor/twofactord.conf", "[roles]\nreadonly_admin_groups = auditors\n")
        machine.boot()
        machine.run("groupadd auditors")
        cls.next_uid = 20000

    # Verbs ------------------------------------------------------------------------------------------------------

    def local(self, name, *options):
        self.machine.run(f"useradd -m -s /bin/bash {' '.join(options)} {name} && echo '{name}:{PASSWORD}' | chpasswd")
        return name

    def directory(self, name, **fields):
        type(self).next_uid += 1
        self.machine.add_directory_user(name, self.next_uid, **fields)
        return name

    def field(self, name, field):
        return self.machine.entry(name)[field]

    def shadow(self, name):
        return self.machine.run(f"getent shadow {name} | cut -d: -f2").stdout.strip()

    def sudoers(self, text):
        """Writes the tests' only drop-in; sudo itself must accept it."""
        self.machine.write("/etc/sudoers.d/test", text, 0o440)
        self.addCleanup(self.machine.run, "rm -f /etc/sudoers.d/test")
        self.machine.run("visudo -cq")

    def sudo_commands(self, name):
        entry = self.machine.entry(name)
        return entry["sudo_commands"], entry["sudo_commands_nopasswd"]

    def sshd(self, text):
        """Writes the first drop-in of sshd; sshd itself must accept it."""
        self.machine.write("/etc/ssh/sshd_config.d/00-test.conf", text)
        self.machine.run("sshd -t")
        self.addCleanup(self.machine.run, "rm -f /etc/ssh/sshd_config.d/00-test.conf")

    # Tests: NSS ---------------------------------------------------------------------------------------------------

    def test_a_local_user_is_as_usermod_leaves_it(self):
        name = self.local("usermod")
        uid = int(self.machine.run(f"id -u {name}").stdout)
        entry = self.machine.entry(name)
        self.assertEqual((entry["id"], entry["uid"], entry["username"]), (uid, uid, name))
        self.assertEqual((entry["home"], entry["shell"], entry["full_name"]), ("/home/usermod", "/bin/bash", ""))
        self.assertEqual((entry["local"], entry["immutable"], entry["builtin"]), (True, False, False))
        self.machine.run(f"usermod -c 'Jörg U,Room 1,,' -s /bin/sh -d /srv/{name} -u 5005 {name}")
        entry = self.machine.entry(name)
        self.assertEqual((entry["home"], entry["shell"], entry["full_name"]), ("/srv/usermod", "/bin/sh", "Jörg U"))
        self.assertEqual((entry["id"], entry["uid"]), (5005, 5005))

    def test_a_user_of_a_directory_has_an_id_of_its_own_and_is_immutable(self):
        name = self.directory("dana", gecos="Dana D,,,")
        uid = int(self.machine.run(f"id -u {name}").stdout)
        entry = self.machine.entry(name)
        self.assertEqual((entry["id"], entry["uid"], entry["username"]), (uid + DIRECTORY_OFFSET, uid, name))
        self.assertEqual((entry["home"], entry["shell"], entry["full_name"]), ("/home/dana", "/bin/bash", "Dana D"))
        self.assertEqual((entry["local"], entry["immutable"], entry["builtin"]), (False, True, False))
        self.machine.run(r"sed -i 's/^dana:\(.*\)Dana D,,,.*/dana:\1Dana E:\/srv\/dana:\/bin\/sh/' /var/lib/extrausers/passwd")
        entry = self.machine.entry(name)
        self.assertEqual((entry["home"], entry["shell"], entry["full_name"]), ("/srv/dana", "/bin/sh", "Dana E"))
        # By its ID, as by its name.
        self.assertEqual(self.machine.call("user.get_instance", uid + DIRECTORY_OFFSET)["result"]["username"], name)

    @for_both
    def test_a_user_is_builtin_as_login_defs_says(self, name):
        self.assertFalse(self.field(name, "builtin"))
        self.assertFalse(self.field(name, "group")["bsdgrp_builtin"])
        self.machine.run("cp /etc/login.defs /etc/login.defs.kept"
                         " && sed -i 's/^UID_MIN.*/UID_MIN 50000/; s/^GID_MIN.*/GID_MIN 50000/' /etc/login.defs")
        entry = self.machine.entry(name)
        self.machine.run("mv /etc/login.defs.kept /etc/login.defs")
        self.assertEqual((entry["builtin"], entry["immutable"]), (True, True))
        self.assertTrue(entry["group"]["bsdgrp_builtin"])
        entry = self.machine.entry("daemon")
        self.assertEqual((entry["builtin"], entry["immutable"], entry["local"]), (True, True, True))

    @for_both
    def test_groups_are_those_of_usermod_and_groupadd(self, name):
        self.machine.run("groupadd -f --gid 7001 first && groupadd -f --gid 7002 second")
        self.assertEqual(self.field(name, "groups"), [])
        self.machine.run(f"gpasswd -a {name} first && gpasswd -a {name} second")
        self.assertEqual(sorted(self.field(name, "groups")), [7001, 7002])
        self.machine.run(f"gpasswd -d {name} first")
        self.assertEqual(self.field(name, "groups"), [7002])

    def test_the_primary_group_is_an_object_and_follows_groupmod(self):
        name = self.local("primary")
        gid = int(self.machine.run(f"id -g {name}").stdout)
        self.assertEqual(self.field(name, "group"),
                         {"id": gid, "bsdgrp_gid": gid, "bsdgrp_group": name, "bsdgrp_builtin": False})
        self.machine.run(f"groupmod -n renamed {name} && usermod -g daemon {name}")
        self.assertEqual(self.field(name, "group"),
                         {"id": 1, "bsdgrp_gid": 1, "bsdgrp_group": "daemon", "bsdgrp_builtin": True})

    def test_a_directorys_group_is_counted_too(self):
        name = self.directory("grouped")
        self.machine.run(f"echo 'staffers:x:29999:other,{name}' >> /var/lib/extrausers/group")
        self.assertEqual(self.field(name, "groups"), [29999])

    def test_shell_choices_follow_add_shell(self):
        def choices():
            return self.machine.call("user.shell_choices")["result"]
        self.assertEqual(choices()["/bin/bash"], "bash")
        self.assertNotIn("/usr/local/bin/fancy", choices())
        self.machine.run("add-shell /usr/local/bin/fancy")
        self.assertEqual(choices()["/usr/local/bin/fancy"], "fancy")
        self.machine.run("remove-shell /usr/local/bin/fancy")
        self.assertNotIn("/usr/local/bin/fancy", choices())

    # Tests: shadow ------------------------------------------------------------------------------------------------

    def test_unixhash_is_the_one_that_chpasswd_writes(self):
        name = self.local("hashed")
        before = self.shadow(name)
        self.assertTrue(before.startswith("$y$"))
        self.assertEqual(self.field(name, "unixhash"), before)
        self.machine.run(f"echo '{name}:another' | chpasswd")
        self.assertNotEqual(self.field(name, "unixhash"), before)
        self.assertEqual(self.field(name, "unixhash"), self.shadow(name))

    def test_a_directorys_shadow_is_read_and_a_missing_one_is_null(self):
        shown = self.machine.entry(self.directory("shadowed", shadow="$6$salt$hash:10957:0:99999:7:::"))
        self.assertEqual((shown["unixhash"], shown["password_disabled"], shown["locked"]), ("$6$salt$hash", False, False))
        self.assertEqual(shown["last_password_change"], "2000-01-01T00:00:00Z")
        shown = self.machine.entry(self.directory("shadowless", shadow=None))
        self.assertEqual((shown["unixhash"], shown["password_disabled"], shown["locked"]), (None, True, False))
        self.assertEqual((shown["last_password_change"], shown["password_age"]), (None, None))
        self.assertFalse(shown["password_change_required"])
        self.assertFalse(shown["ssh_password_enabled"])

    def test_locked_follows_usermod_and_the_accounts_end(self):
        name = self.local("locked")
        for change, locked in ((f"usermod -L {name}", True), (f"usermod -U {name}", False), (f"passwd -l {name}", True),
                               (f"passwd -u {name}", False), (f"chage -E 2000-01-01 {name}", True),
                               (f"chage -E 2999-01-01 {name}", False), (f"chage -E 0 {name}", True),
                               (f"chage -E -1 {name}", False)):
            self.machine.run(change)
            self.assertEqual(self.field(name, "locked"), locked, change)

    def test_a_password_is_disabled_where_no_hash_is_usable(self):
        name = self.local("disabled")
        for change, disabled in (("true", False), (f"usermod -p '*' {name}", True), (f"usermod -p '!' {name}", True),
                                 (f"echo '{name}:{PASSWORD}' | chpasswd", False), (f"passwd -d {name}", False)):
            self.machine.run(change)
            self.assertEqual(self.field(name, "password_disabled"), disabled, change)
            self.assertFalse(self.field(name, "locked"), change)

    def test_the_day_of_the_last_change_follows_chage(self):
        name = self.local("aged")
        entry = self.machine.entry(name)
        self.assertEqual((entry["password_age"], entry["password_change_required"]), (0, False))
        self.machine.run(f"chage -d $(date -u -d '40 days ago' +%F) {name}")
        entry = self.machine.entry(name)
        day = self.machine.run("date -u -d '40 days ago' +%F").stdout.strip()
        self.assertEqual((entry["password_age"], entry["last_password_change"]), (40, day + "T00:00:00Z"))
        self.machine.run(f"chage -d 0 {name}")
        entry = self.machine.entry(name)
        self.assertEqual((entry["password_change_required"], entry["last_password_change"]), (True, None))
        self.machine.run(f"chage -d -1 {name}")
        entry = self.machine.entry(name)
        self.assertEqual((entry["password_change_required"], entry["password_age"]), (False, None))

    # Tests: the files in /etc -------------------------------------------------------------------------------------

    @for_both
    def test_userns_idmap_follows_subuid(self, name):
        uid = int(self.machine.run(f"id -u {name}").stdout)
        self.assertIsNone(self.field(name, "userns_idmap"))
        self.machine.run("cp /etc/subuid /etc/subuid.kept")
        # usermod does not know users of a directory.
        by_hand = f"echo '{name}:700000:1' >> /etc/subuid"
        self.machine.run(by_hand if name.startswith("d") else
                         f"sed -i '/^{name}:/d' /etc/subuid && usermod --add-subuids 700000-700000 {name}")
        self.assertEqual(self.field(name, "userns_idmap"), 700000)
        self.machine.run(f"usermod --add-subuids {uid}-{uid} root")
        self.assertEqual(self.field(name, "userns_idmap"), "DIRECT")
        self.machine.run("mv /etc/subuid.kept /etc/subuid")
        self.assertIsNone(self.field(name, "userns_idmap"))

    def test_password_history_is_the_last_ten_that_pam_pwhistory_kept(self):
        name = self.local("history")
        # What was there before the first password is kept like one.
        kept = [{"hash": "!"}]
        for number in range(12):
            self.assertEqual(self.field(name, "password_history"), kept[-10:])
            kept.append({"hash": self.shadow(name)})
            self.machine.run(f"echo '{name}:password number {number}' | chpasswd")
        self.assertEqual(self.field(name, "password_history"), kept[-10:])

    def test_a_directory_user_has_a_history_too(self):
        name = self.directory("olden", shadow="$6$salt$hash:10957:0:99999:7:::")
        self.assertIsNone(self.field(name, "password_history"))
        # The directory itself changes nothing: the stack ends without pam_unix.
        self.machine.run(f"echo '{name}:another' | chpasswd")
        self.assertEqual(self.field(name, "password_history"), [{"hash": "$6$salt$hash"}])

    # Tests: sudoers -----------------------------------------------------------------------------------------------

    @for_both
    def test_sudo_commands_follow_a_drop_in_by_user_group_uid_and_all(self, name):
        self.machine.run("groupadd -f --gid 7100 wielders")
        self.sudoers("")
        self.assertEqual(self.sudo_commands(name), ([], []))
        uid = self.machine.run(f"id -u {name}").stdout.strip()
        for subject in (name, f"#{uid}", "ALL", f"%{name}", "PEOPLE"):
            self.sudoers(f"User_Alias PEOPLE = nobody, {name}\n"
                         f"{subject} ALL = (root) /usr/bin/id, NOPASSWD: /bin/ls -l\n")
            self.assertEqual(self.sudo_commands(name), (["/usr/bin/id"], ["/bin/ls -l"]), subject)
        for subject in ("%wielders", "%#7100"):
            self.sudoers(f"{subject} ALL = (ALL : ALL) ALL\n")
            self.assertEqual(self.sudo_commands(name), ([], []), subject)
            self.machine.run(f"gpasswd -a {name} wielders")
            self.assertEqual(self.sudo_commands(name), (["ALL"], []), subject)
            self.machine.run(f"gpasswd -d {name} wielders")

    @for_both
    def test_sudo_commands_follow_defaults_hosts_and_negations(self, name):
        for rule, commands in ((f"Defaults:{name} !authenticate\n{name} ALL = /usr/bin/id", ([], ["/usr/bin/id"])),
                               (f"Defaults !authenticate\n{name} ALL = PASSWD: /usr/bin/id", (["/usr/bin/id"], [])),
                               (f"{name} elsewhere = /usr/bin/id", ([], [])),
                               (f"{name} testhost = /usr/bin/id", (["/usr/bin/id"], [])),
                               (f"{name} ALL, !testhost = /usr/bin/id", ([], [])),
                               (f"ALL, !{name} ALL = /usr/bin/id", ([], [])),
                               (f"{name} ALL = ALL, !/usr/bin/su", (["ALL", "!/usr/bin/su"], []))):
            self.sudoers(rule + "\n")
            self.assertEqual(self.sudo_commands(name), commands, rule)

    @for_both
    def test_sudo_commands_follow_netgroups(self, name):
        self.machine.run("sed -i 's/^netgroup:.*/netgroup: files/' /etc/nsswitch.conf")
        self.sudoers("+operators ALL = /usr/bin/id\n")
        self.assertEqual(self.sudo_commands(name), ([], []))
        self.machine.write("/etc/netgroup", f"operators (,{name},)\n")
        self.machine.run(f"getent netgroup operators | grep -q {name}")
        self.assertEqual(self.sudo_commands(name), (["/usr/bin/id"], []))
        self.machine.write("/etc/netgroup", "")

    def test_a_policy_that_is_broken_fails_the_call_with_its_name(self):
        name = self.local("policy")
        self.machine.write("/etc/sudoers.d/test", "this is no rule\n", 0o440)
        answer = self.machine.call("user.get_instance", name)
        self.sudoers("")
        self.assertEqual(answer["error"]["code"], -32001)
        self.assertIn("cvtsudoers", answer["error"]["data"]["reason"])

    # Tests: sshd --------------------------------------------------------------------------------------------------

    def test_ssh_password_enabled_follows_sshds_configuration_for_this_user(self):
        self.machine.run("groupadd --gid 7200 keysonly")
        name = self.local("sshuser")
        for text, enabled in (("PasswordAuthentication yes\n", True),
                              ("PasswordAuthentication no\nKbdInteractiveAuthentication no\n", False),
                              ("PasswordAuthentication no\nKbdInteractiveAuthentication yes\nUsePAM yes\n", True),
                              (f"Match User {name}\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n", False),
                              ("Match User other\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n", True),
                              ("Match Group keysonly\nPasswordAuthentication no\n", True),
                              ("AuthenticationMethods publickey\n", False),
                              ("AuthenticationMethods publickey,password\n", True)):
            self.sshd(text)
            self.assertEqual(self.field(name, "ssh_password_enabled"), enabled, text)
        self.machine.run(f"gpasswd -a {name} keysonly")
        self.sshd("KbdInteractiveAuthentication no\nMatch Group keysonly\nPasswordAuthentication no\n")
        self.assertFalse(self.field(name, "ssh_password_enabled"))
        self.sshd("PasswordAuthentication yes\n")
        self.assertTrue(self.field(name, "ssh_password_enabled"))
        self.machine.run(f"usermod -p '*' {name}")
        self.assertFalse(self.field(name, "ssh_password_enabled"))

    def test_roots_password_opens_ssh_only_where_sshd_says_so(self):
        self.machine.run(f"echo 'root:{PASSWORD}' | chpasswd")
        self.sshd("PermitRootLogin prohibit-password\n")
        self.assertFalse(self.field("root", "ssh_password_enabled"))
        self.sshd("PermitRootLogin yes\n")
        self.assertTrue(self.field("root", "ssh_password_enabled"))

    def test_a_stopped_sshd_is_asked_all_the_same(self):
        name = self.local("stopped")
        self.machine.run("systemctl stop ssh.service")
        self.addCleanup(self.machine.run, "systemctl start ssh.service")
        self.assertTrue(self.field(name, "ssh_password_enabled"))
        self.sshd("PasswordAuthentication no\nKbdInteractiveAuthentication no\n")
        self.assertFalse(self.field(name, "ssh_password_enabled"))

    # Tests: the home directory ------------------------------------------------------------------------------------

    def add_key(self, name, folder=".ssh"):
        """Makes a new key for the user; returns the line that authorizes it."""
        self.machine.run(f"cd ~{name} && umask 077 && mkdir -p {folder} && rm -f id id.pub"
                         f" && ssh-keygen -q -t ed25519 -N '' -C {name} -f id && cat id.pub >> {folder}/authorized_keys"
                         f" && chown -R {name}: .")
        return self.machine.run(f"cat ~{name}/id.pub").stdout.strip()

    @for_both
    def test_sshpubkey_is_the_text_of_authorized_keys(self, name):
        self.assertIsNone(self.field(name, "sshpubkey"))
        first = self.add_key(name)
        self.assertEqual(self.field(name, "sshpubkey"), first)
        second = self.add_key(name)
        self.assertEqual(self.field(name, "sshpubkey"), first + "\n" + second)
        self.machine.run(f"rm ~{name}/.ssh/authorized_keys")
        self.assertIsNone(self.field(name, "sshpubkey"))

    @for_both
    def test_sshpubkey_is_where_sshd_looks_for_this_user(self, name):
        self.add_key(name)
        self.sshd(f"Match User {name}\nAuthorizedKeysFile /etc/ssh/keys/%u .ssh/more\n")
        self.assertIsNone(self.field(name, "sshpubkey"))
        self.machine.write(f"/etc/ssh/keys/{name}", "ssh-ed25519 AAAA central\n")
        self.machine.write(f"/home/{name}/.ssh/more", "ssh-ed25519 BBBB more\n")
        self.assertEqual(self.field(name, "sshpubkey").split("\n"),
                         ["ssh-ed25519 AAAA central", "", "ssh-ed25519 BBBB more"])
        self.machine.run("rm /etc/ssh/sshd_config.d/00-test.conf")

    @for_both
    def test_a_link_leads_nowhere_that_the_user_may_not_read(self, name):
        victim = self.local(name + "victim")
        key = self.add_key(victim)
        self.machine.write("/srv/secret", "root's own\n", 0o600)
        self.machine.write("/srv/public", "ssh-ed25519 AAAA public\n")
        keys = f"/home/{name}/.ssh/authorized_keys"
        self.add_key(name)
        for target in ("/srv/secret", "/etc/shadow", f"/home/{victim}/.ssh/authorized_keys", "/proc/1/environ",
                       "/dev/zero", "/dev/tty", "/nowhere", keys):
            self.machine.run(f"ln -sfn {target} {keys}")
            self.assertIsNone(self.field(name, "sshpubkey"), target)
        # The same for a link to the folder, and for a hard link.
        self.machine.run(f"rm -r /home/{name}/.ssh && ln -s /home/{victim}/.ssh /home/{name}/.ssh")
        self.assertIsNone(self.field(name, "sshpubkey"))
        self.machine.run(f"rm /home/{name}/.ssh && mkdir /home/{name}/.ssh && ln /srv/secret {keys}")
        self.assertIsNone(self.field(name, "sshpubkey"))
        # The user's rights count, and a link is not refused for being one.
        self.machine.run(f"ln -sfn /srv/public {keys}")
        self.assertEqual(self.field(name, "sshpubkey"), "ssh-ed25519 AAAA public")
        self.assertEqual(self.field(victim, "sshpubkey"), key)

    # Tests: Samba -------------------------------------------------------------------------------------------------

    @for_both
    def test_samba_fields_follow_smbpasswd(self, name):
        domain = self.machine.run("net getlocalsid | sed 's/.*: //'").stdout.strip()
        entry = self.machine.entry(name)
        self.assertEqual((entry["smb"], entry["smbhash"], entry["sid"]), (False, None, None))
        self.machine.run(f"smbpasswd -s -a {name}", stdin="password\npassword\n")
        entry = self.machine.entry(name)
        # The NT hash of 'password', which the whole world knows.
        self.assertEqual((entry["smb"], entry["smbhash"]), (True, "8846F7EAEE8FB117AD06BDD830B7586C"))
        self.assertRegex(entry["sid"], "^" + re.escape(domain) + r"-\d+$")
        self.machine.run(f"smbpasswd -s {name}", stdin="other\nother\n")
        self.assertNotEqual(self.field(name, "smbhash"), entry["smbhash"])
        self.assertEqual(self.field(name, "sid"), entry["sid"])
        self.machine.run(f"smbpasswd -d {name}")
        self.assertFalse(self.field(name, "smb"))
        self.machine.run(f"smbpasswd -e {name}")
        self.assertTrue(self.field(name, "smb"))
        self.machine.run(f"smbpasswd -x {name}")
        entry = self.machine.entry(name)
        self.assertEqual((entry["smb"], entry["smbhash"], entry["sid"]), (False, None, None))

    def test_winbinds_sid_is_a_directory_users(self):
        name = self.directory("wind")
        self.machine.run(f"smbpasswd -s -a {name}", stdin="password\npassword\n")
        self.machine.run("systemctl unmask winbind && systemctl start winbind")
        self.addCleanup(self.machine.run, "systemctl stop winbind")
        sid = self.machine.run(f"wbinfo --name-to-sid={name}").stdout.split()[0]
        entry = self.machine.entry(name)
        self.assertEqual((entry["sid"], entry["id_type_both"]), (sid, False))
        # A user that winbind does not know has none.
        self.assertIsNone(self.field(self.directory("calm"), "sid"))

    # Tests: the user record ---------------------------------------------------------------------------------------

    @for_both
    def test_email_is_the_user_records(self, name):
        uid = int(self.machine.run(f"id -u {name}").stdout)
        self.assertIsNone(self.field(name, "email"))
        record = {"userName": name, "uid": uid, "gid": uid, "emailAddress": f"{name}@example.org"}
        self.machine.write(f"/etc/userdb/{name}.user", json.dumps(record))
        self.machine.run(f"userdbctl user {name} | grep -q {name}@example.org")
        # Both the record and NSS answer; neither may win by chance.
        self.assertEqual({self.field(name, "email") for _ in range(5)}, {f"{name}@example.org"})
        self.machine.run(f"rm /etc/userdb/{name}.user")
        self.assertIsNone(self.field(name, "email"))

    # Tests: roles and redaction -----------------------------------------------------------------------------------

    @for_both
    def test_roles_follow_the_administrators_group(self, name):
        self.assertEqual(self.field(name, "roles"), [])
        self.machine.run(f"gpasswd -a {name} twofactor-admin")
        self.assertEqual(self.field(name, "roles"), ["FULL_ADMIN"])
        self.machine.run(f"gpasswd -d {name} twofactor-admin")
        self.assertEqual(self.field("root", "roles"), ["FULL_ADMIN"])

    @for_both
    def test_hashes_are_shown_to_full_admins_alone(self, name):
        auditor, admin = self.local(name + "aud", "-G", "auditors"), self.local(name + "adm", "-G", "twofactor-admin")
        self.machine.run(f"smbpasswd -s -a {name}", stdin="password\npassword\n")
        self.machine.run(f"echo '{name}:another' | chpasswd")
        clear = self.machine.entry(name)
        hashes = {field: clear[field] for field in ("unixhash", "smbhash", "password_history")}
        self.assertNotIn(None, hashes.values())
        shown = self.machine.entry(name, user=admin)
        self.assertEqual({field: shown[field] for field in hashes}, hashes)
        for reader in (name, auditor):
            shown = self.machine.entry(name, user=reader)
            self.assertEqual({field: shown[field] for field in hashes}, dict.fromkeys(hashes, REDACTED))
            self.assertNotIn(clear["smbhash"], json.dumps(shown))

    def test_a_hash_that_is_not_there_is_null_for_everybody(self):
        name = self.directory("bare", shadow=None)
        for reader in (None, name):
            shown = self.machine.entry(name, user=reader)
            self.assertEqual([shown[field] for field in ("unixhash", "smbhash", "password_history")], [None] * 3)

    def test_another_users_entry_is_not_there_for_who_is_no_administrator(self):
        for name in (self.local("lhidden"), self.directory("dhidden")):
            answer = self.machine.call("user.get_instance", name, user=self.local(name[0] + "stranger"))
            self.assertEqual(answer["error"]["data"]["reason"], f"[ENOENT] None: User {name} does not exist")

    # Tests: all of them at once -----------------------------------------------------------------------------------

    def test_sources_are_asked_side_by_side(self):
        name = self.directory("beside")
        tools = {"sshd": "/usr/sbin/sshd", "cvtsudoers": "/usr/bin/cvtsudoers", "pdbedit": "/usr/bin/pdbedit",
                 "wbinfo": "/usr/bin/wbinfo", "userdbctl": "/usr/bin/userdbctl"}
        for tool, path in tools.items():
            real = f"/usr/local/lib/real/{tool}"
            self.machine.run(f"mkdir -p /usr/local/lib/real && cp -a {path} {real}")
            self.machine.write(f"/usr/local/lib/met/{tool}",
                               RENDEZVOUS.format(name=tool, count=len(tools), real=real), 0o755)
            self.machine.run(f"mount --bind /usr/local/lib/met/{tool} {path}")
            self.addCleanup(self.machine.run, f"umount {path}")
        self.assertEqual(self.field(name, "username"), name)

    def test_a_renewal_gives_every_field_and_its_median_time_is_printed(self):
        machine = self.machine
        name = self.local("median")
        self.add_key(name)
        machine.run(f"smbpasswd -s -a {name}", stdin="password\npassword\n")
        machine.write(f"/etc/userdb/{name}.user", json.dumps({"userName": name, "emailAddress": "m@example.org"}))
        machine.write("/etc/sudoers.d/median", f"{name} ALL = /usr/bin/id\n", 0o440)
        self.addCleanup(machine.run, "rm /etc/sudoers.d/median")
        machine.write("/usr/local/lib/twofactor-tests/renewals.py", RENEWALS)
        times = json.loads(machine.run(f"python3 /usr/local/lib/twofactor-tests/renewals.py {name} 50").stdout)
        median = statistics.median(times) * 1000
        print(f"\n  a renewal with all sources: median {median:.1f} ms of {len(times)}, "
              f"best {min(times) * 1000:.1f} ms", flush=True)
        renewed = machine.call("user.renew_2fa_secret", name, {})["result"]
        read = machine.entry(name)
        self.assertEqual(len(renewed), 32)
        self.assertTrue(renewed["twofactor_config"].pop("provisioning_uri").startswith("otpauth://totp/"))
        read["twofactor_config"].pop("provisioning_uri")
        self.assertEqual(renewed, read)


# Prints how long each of a number of renewals took, one after the other on one connection.
RENEWALS = """
import json, socket, sys, time
name, count = sys.argv[1], int(sys.argv[2])
peer = socket.socket(socket.AF_UNIX)
peer.connect("/run/twofactor/api.sock")
answers = peer.makefile()
times = []
for number in range(count):
    start = time.monotonic()
    peer.sendall(json.dumps({"jsonrpc": "2.0", "id": number, "method": "user.renew_2fa_secret",
                             "params": [name, {}]}).encode() + b"\\n")
    answer = json.loads(answers.readline())
    times.append(time.monotonic() - start)
    assert "result" in answer, answer
print(json.dumps(times))
"""

if __name__ == "__main__":
    unittest.main(verbosity=2)
