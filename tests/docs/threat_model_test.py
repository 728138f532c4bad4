"""docs/threat-model.md names the test that shows each of its claims: each of these tests exists."""

import glob
import os
import re
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def existing_tests():
    """As the page writes them: Suite.Name of GoogleTest, module.test_name of Python."""
    found = set()
    for path in glob.glob(f"{ROOT}/tests/**/*.cc", recursive=True):
        found.update(f"{suite}.{name}" for suite, name in re.findall(r"(?m)^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)", read(path)))
    for path in glob.glob(f"{ROOT}/tests/**/*_test.py", recursive=True):
        module = os.path.basename(path).removesuffix(".py")
        found.update(f"{module}.{name}" for name in re.findall(r"(?m)^    def (test_\w+)\(self", read(path)))
    return found


def named_tests(text):
    return set(re.findall(r"`(\w+Test\.\w+|\w+_test\.\w+)`", text))


def claims(text):
    """The rows of the tables that say by what each is shown, as (claim, tests)."""
    rows, shown = [], False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("|") else []
        if cells[1:] == ["shown by"]:
            shown = True
        elif not cells:
            shown = False
        elif shown and not line.startswith("| ---"):
            rows.append((cells[0], named_tests(cells[-1])))
    return rows


class ThreatModelTest(unittest.TestCase):
    def setUp(self):
        self.page = read(f"{ROOT}/docs/threat-model.md")

    def test_each_test_that_the_page_names_exists(self):
        self.assertGreater(len(named_tests(self.page)), 50)
        self.assertEqual(sorted(named_tests(self.page) - existing_tests()), [])

    def test_each_row_names_a_test(self):
        self.assertGreater(len(claims(self.page)), 30)
        self.assertEqual([claim for claim, tests in claims(self.page) if not tests], [])

    def test_each_attacker_has_what_they_cannot_and_what_they_can(self):
        for section in re.split(r"(?m)^## ", self.page)[1:]:
            self.assertRegex(section, r"cannot", section.splitlines()[0])
            self.assertRegex(section, r"\*\*(Root )?[Cc]an", section.splitlines()[0])

    def test_a_name_that_is_no_tests_is_found(self):
        wrong = "`ModuleTest.RightCodeOpensTwoLogins`, `login_test.test_99_there_is_none` and `ModuleTest.RightCodeOpensOneLogin`"
        self.assertEqual(sorted(named_tests(wrong) - existing_tests()), ["ModuleTest.RightCodeOpensTwoLogins", "login_test.test_99_there_is_none"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
