"""Tests the WebSocket of the booted system with python3-websocket in the machine: each test of wire_client.py is one here."""

import os
import re
import unittest

from machine import Machine

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = "/usr/local/lib/twofactor-tests"


class Wire(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.machine = machine = Machine(os.environ["TWOFACTOR_PACKAGES"])
        cls.addClassCleanup(machine.remove)
        with open(f"{HERE}/wire_client.py", encoding="utf-8") as file:
            machine.write(f"{FOLDER}/wire_client.py", file.read())
        machine.boot()
        for user in ("alice", "bob"):
            machine.run(f"useradd -m {user}")


def in_the_machine(name):
    def test(self):
        done = self.machine.run(f"cd {FOLDER} && python3 -B -m unittest wire_client.WebSocket.{name}", check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Ran 1 test", done.stderr)
    return test


with open(f"{HERE}/wire_client.py", encoding="utf-8") as client:
    for found in re.findall(r"(?m)^    def (test_\w+)", client.read()):
        setattr(Wire, found, in_the_machine(found))

if __name__ == "__main__":
    unittest.main(verbosity=2)
