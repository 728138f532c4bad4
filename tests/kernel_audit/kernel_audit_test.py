"""A login through the module is in the kernel's audit as AUDIT_USER_AUTH, which libpam writes for programs that are root, with its outcome and
who it was that let it in; and no code is."""

import os
import subprocess
import unittest

import audit_netlink
from one_time_codes import secret_of, totp
from private_daemon import PrivateDaemon

USER = "games"


class KernelAudit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            cls.enterClassContext(audit_netlink.Enabled())
            cls.listener = audit_netlink.Listener()
        except audit_netlink.Refused as refused:
            raise unittest.SkipTest(f"needs CAP_AUDIT_CONTROL and CAP_AUDIT_READ: {refused}") from refused
        cls.addClassCleanup(cls.listener.close)
        cls.daemon = cls.enterClassContext(PrivateDaemon())
        os.mkdir(cls.daemon.path("pam.d"))
        cls.daemon.write("pam.d/door", f"auth required {os.environ['TWOFACTOR_MODULE']} run_dir={cls.daemon.path('run')}\n")
        renewed = cls.daemon.call("--json", "renew", "--no-confirm", USER)
        assert renewed.returncode == 0, renewed.stderr
        cls.secret = secret_of(renewed.stdout)

    def record_of(self, typed):
        """What is audited of a login of ours."""
        host = subprocess.Popen([os.environ["PAM_DRIVER"], "--confdir", self.daemon.path("pam.d"), "--service", "door", "--user", USER],
                                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        host.communicate(typed + "\n", timeout=60)
        while record := self.listener.next(audit_netlink.AUDIT_USER_AUTH):
            # Others log in meanwhile.
            if f"pid={host.pid} " in record:
                return record
        return self.fail("nothing is audited")

    def test_right_code_is_a_success_that_the_module_granted(self):
        record = self.record_of(totp(self.secret))
        self.assertRegex(record, rf"op=PAM:authentication grantors=pam_twofactor acct=\"{USER}\" .*res=success")
        self.assertNotIn(totp(self.secret), record)

    def test_wrong_code_is_a_failure_that_nobody_granted(self):
        wrong = f"{(int(totp(self.secret)) + 500000) % 10 ** 6:06}"
        record = self.record_of(wrong)
        self.assertRegex(record, rf"op=PAM:authentication grantors=\? acct=\"{USER}\" .*res=failed")
        self.assertNotIn(wrong, record)


if __name__ == "__main__":
    unittest.main()
