"""The service units as they are shipped: in which order a boot starts them, and what they call when they have ended."""

import glob
import os
import unittest

# What waits for a time server, or for a network that may never come.
SLOW = {"time-sync.target", "network-online.target", "nss-lookup.target", "nss-user-lookup.target", "remote-fs.target"}


def settings(path):
    """{name: its values}, of a unit in which each name stands in one section."""
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, equals, value = line.strip().partition("=")
            if equals and not name.startswith("#"):
                found.setdefault(name, []).extend(value.split())
    return found


class UnitsTest(unittest.TestCase):
    def setUp(self):
        paths = glob.glob(os.environ["TWOFACTOR_UNITS"] + "/*.service")
        self.units = {os.path.basename(path): settings(path) for path in paths}

    def test_the_daemon_is_ordered_behind_the_last_known_time_and_before_the_logins(self):
        self.assertIn("time-set.target", self.units["twofactord.service"]["After"])
        self.assertIn("systemd-user-sessions.service", self.units["twofactord.service"]["Before"])

    def test_no_boot_waits_for_a_network_or_a_time_server(self):
        self.assertEqual(len(self.units), 4)
        for name, unit in self.units.items():
            for order in ("After", "Requires", "Wants", "BindsTo", "Requisite"):
                self.assertEqual(SLOW & set(unit.get(order, [])), set(), f"{order} of {name}")

    def test_what_ends_is_started_again_without_end_and_with_a_pause(self):
        for name in ("twofactord.service", "twofactor-accounts.service"):
            unit = self.units[name]
            self.assertEqual(unit["StartLimitIntervalSec"], ["0"], name)
            self.assertEqual(unit["RestartSec"], ["100ms"], name)
            # Whatever becomes of it, it does not count as a failure of the daemon.
            self.assertRegex(unit["ExecStopPost"][0], "^-/.*/pause-after-failure$", name)


if __name__ == "__main__":
    unittest.main()
