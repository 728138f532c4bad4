"""Each way in which a test says that it was skipped is a skipped test for ctest, and tests/support/skipped says what would run it."""

import os
import subprocess
import sys
import tempfile
import unittest

SUPPORT = os.path.dirname(os.path.abspath(__file__))
# A process that has no capability, also where this test is root.
POWERLESS = ["setpriv", "--ambient-caps=-all", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
PROJECT = f"""
cmake_minimum_required(VERSION 3.23)
project(skips NONE)
include({SUPPORT}/skips.cmake)
enable_testing()
"""
PARTS = """
import unittest
class Parts(unittest.TestCase):
    def test_of_root(self):
        raise unittest.SkipTest("needs root")
    def test_of_a_key(self):
        raise unittest.SkipTest("needs somebody's key")
    def test_of_anybody(self):
        pass
"""


class Skips(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def write(self, name, text):
        with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)

    def summary(self, **commands):
        """Of the tests of these names, after ctest ran them."""
        self.write("CMakeLists.txt", PROJECT + "".join(
            f"add_test(NAME {name} COMMAND {' '.join(command)})\nset_tests_properties({name} PROPERTIES ${{TWOFACTOR_SKIPS}})\n"
            for name, command in commands.items()))
        for command in (["cmake", "-S", self.folder, "-B", self.folder], ["ctest", "--test-dir", self.folder, "--output-junit", "report.xml"]):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return subprocess.run([f"{SUPPORT}/skipped", f"{self.folder}/report.xml"], check=True, text=True, stdout=subprocess.PIPE).stdout

    def test_nothing_is_said_where_all_ran(self):
        self.assertEqual(self.summary(One=["true"]), "")

    def test_right_that_is_missing_skips_the_command(self):
        needy = [*POWERLESS, "${TWOFACTOR_NEEDS}", "CAP_SYS_ADMIN", "false"]
        self.assertEqual(self.summary(One=needy, Two=needy, Other=["true"]),
                         "2 of 3 tests were skipped, because a right is missing here:\n  2 need CAP_SYS_ADMIN, to mount: One, Two\n")

    def test_part_of_a_python_test_is_a_skipped_test(self):
        self.write("parts.py", PARTS)
        said = self.summary(Parts=["env", f"PYTHONPATH={self.folder}", sys.executable, "-B", "-m", "unittest", "-v", "parts"])
        self.assertEqual(said, "1 of 1 tests were skipped, because a right is missing here:\n  1 needs root: Parts\n  1 needs somebody's key: Parts\n")

    def test_test_that_names_no_right_is_counted(self):
        self.assertIn("1 needs something that the test does not name: One", self.summary(One=["sh", "-c", "[[exit 77]]"]))

    def test_right_that_nobody_can_try_is_an_error(self):
        self.assertNotIn(subprocess.run([f"{SUPPORT}/needs", "everything", "true"], check=False, capture_output=True).returncode, (0, 77))


if __name__ == "__main__":
    unittest.main()
