"""Checks the pages of docs/ against the tree.

Every test that docs/threat-model.md and docs/clocks.md name exists, every command of docs/reliability.md runs something, every file and function that
docs/architecture.md names exists, every link leads somewhere, and no page is wider than 100 columns."""

import fnmatch
import glob
import os
import re
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def existing_tests():
    """Returns all tests as the pages write them: Suite.Name for GoogleTest, module.test_name for Python."""
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
    """Returns the rows of the tables with a column "shown by", as (claim, tests)."""
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


def sources(pattern):
    return glob.glob(f"{ROOT}/tests/**/{pattern}", recursive=True)


def registered(pattern):
    """Returns what the pattern's first group matches in any CMakeLists.txt of the tests."""
    return {name for path in sources("CMakeLists.txt") for name in re.findall(pattern, read(path))}


def programs():
    return registered(r"(?:twofactor_test|add_executable)\(\s*(\w+)")


def ctest_names():
    """Returns the names of the tests that are not a single test of a GoogleTest program."""
    booted = registered(r"twofactor_system_test\(\s*(\w+)")
    return registered(r"add_test\(NAME ([\w.]+)") | registered(r"twofactor_programs_test\(\s*(\w+)") | {f"BootedSystem.{name}" for name in booted}


def labels():
    return registered(r"LABELS? (\w+)")


def tests_of(program):
    """Returns Suite.Name for each test of a GoogleTest program."""
    found = set()
    for path in sources("CMakeLists.txt"):
        for files in re.findall(rf"twofactor_test\(\s*{program}\s(?:.*\n)?\s*SOURCES([^)]*?)\sLIBRARIES", read(path)):
            for file in files.split():
                source = os.path.join(os.path.dirname(path), file)
                found.update(f"{suite}.{name}" for suite, name in re.findall(r"(?m)^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)", read(source)))
    return found


def missing(text):
    """Returns what a page names that does not exist: programs, filters that match none of the program's tests, ctest names and labels, suites, files, and
    tests that are named without their suite."""
    found = []
    for program, wanted in re.findall(r"build/\w+/bin/(\w+)(?: --gtest_filter='([^']*)')?", text):
        if program not in programs():
            found.append(program)
        # A parameterized suite has the name of its instantiation in front.
        found += [pattern for pattern in filter(None, wanted.split(":")) if not fnmatch.filter(tests_of(program), pattern)]
    found += [name for name in re.findall(r"ctest [^`]*-R ([\w.]+)", text) if not any(name in known for known in ctest_names())]
    found += [label for label in re.findall(r"ctest [^`]*-L (\w+)", text) if label not in labels()]
    tests = existing_tests()
    suites, names = ({test.split(".")[part] for test in tests} for part in (0, 1))
    found += [suite for suite in re.findall(r"`(\w+Test)`", text) if suite not in suites]
    found += [file for file in re.findall(r"`(\w+_test)`", text) if not sources(f"{file}.cc") + sources(f"{file}.py")]
    found += [name for name in re.findall(r"`([A-Z][A-Za-z]{20,})`", text) if name not in names]
    return sorted(found + list(named_tests(text) - tests))


class OtherPagesTest(unittest.TestCase):
    def test_each_test_that_the_page_of_clocks_names_exists(self):
        page = read(f"{ROOT}/docs/clocks.md")
        self.assertGreater(len(named_tests(page)), 15)
        self.assertEqual(missing(page), [])
        self.assertIn("WrongClock", ctest_names())

    def test_each_command_of_the_page_of_trials_runs_something(self):
        page = read(f"{ROOT}/docs/reliability.md")
        self.assertGreater(len(re.findall("build/", page)), 20)
        self.assertEqual(missing(page), [])

    def test_what_runs_nothing_is_found(self):
        wrong = ("`build/dev/bin/there_is_none`, `build/dev/bin/livestore_test --gtest_filter='KillTest.*:ModuleTest.*'`, `ctest --test-dir build/dev -R NoDisk`,"
                 " `ctest -L nothing`, `NobodysTest`, `nobodys_test`, `ThisIsTheNameOfNoTestAtAll`, `KillTest.ThereIsNone`,"
                 " `build/dev/bin/livestore_test --gtest_filter='*ChangeRaceTest.Re*'`, `ctest --test-dir build/dev -R DamagedDisk`")
        self.assertEqual(missing(wrong), ["KillTest.ThereIsNone", "ModuleTest.*", "NoDisk", "NobodysTest", "ThisIsTheNameOfNoTestAtAll", "nobodys_test",
                                          "nothing", "there_is_none"])


TOP_FOLDERS = ("cli", "common", "docs", "helperd", "packaging", "pam_module", "systemd", "tests")


def without_code_blocks(text):
    return re.sub(r"(?ms)^```.*?^```$", "", text)


def missing_paths(text):
    """Returns the paths below a top-level folder that a page names and that do not exist."""
    named = set(re.findall(rf"`((?:{'|'.join(TOP_FOLDERS)})/[\w./-]*)`", without_code_blocks(text)))
    return sorted(path for path in named if not os.path.exists(f"{ROOT}/{path}"))


def steps(text):
    """Returns the numbered steps that begin with a file, as (file, functions)."""
    found = re.findall(r"(?ms)^\d+\. `([\w./-]+)`: (.*?)(?=^\d+\. |^$)", text)
    return [(path, re.findall(r"`(\w+)\(\)`", said)) for path, said in found]


def missing_functions(text):
    """Returns the functions that a step names and that its file does not mention."""
    return [f"{path}: {name}" for path, names in steps(text) for name in names if not re.search(rf"\b{name}\(", read(f"{ROOT}/{path}"))]


def anchors(text):
    """Returns the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"(?m)^#+ (.*)$", without_code_blocks(text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(path):
    """Returns the relative links of a page that lead to no file, or to no heading of it."""
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", without_code_blocks(read(path))):
        if re.match(r"\w+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
        if not os.path.exists(target) or (anchor and target.endswith(".md") and anchor not in anchors(read(target))):
            broken.append(link)
    return broken


def pages():
    return [path for path in glob.glob(f"{ROOT}/**/*.md", recursive=True) if not path.startswith(f"{ROOT}/build/")]


class ArchitectureTest(unittest.TestCase):
    def setUp(self):
        self.page = read(f"{ROOT}/docs/architecture.md")

    def test_each_file_that_the_page_names_exists(self):
        self.assertEqual(missing_paths(self.page), [])

    def test_each_function_of_a_walk_is_in_its_file(self):
        walks = steps(self.page)
        self.assertEqual(len(walks), 5 + 8)
        self.assertTrue(all(functions for _, functions in walks))
        self.assertEqual(missing_functions(self.page), [])

    def test_the_page_names_each_folder_of_the_tests(self):
        folders = {name for name in os.listdir(f"{ROOT}/tests") if os.path.isdir(f"{ROOT}/tests/{name}") and not name.startswith((".", "__"))}
        section = self.page.split("\n## What each test folder is for\n")[1].split("\n## ")[0]
        self.assertEqual(set(re.findall(r"`tests/(\w+)`", "\n".join(re.findall(r"(?m)^\|.*", section)))), folders)

    def test_what_is_not_there_is_found(self):
        wrong = "`common/otp/` and `common/no_such_file.h`\n1. `pam_module/authenticator.cc`: `Authenticate()` calls `NoSuchFunction()`.\n\n"
        self.assertEqual(missing_paths(wrong), ["common/no_such_file.h"])
        self.assertEqual(missing_functions(wrong), ["pam_module/authenticator.cc: NoSuchFunction"])


class LinksTest(unittest.TestCase):
    def test_each_link_leads_to_a_file_and_to_a_heading(self):
        self.assertEqual({path: broken for path in pages() if (broken := broken_links(path))}, {})


def wide_lines(text):
    """Returns the lines of more than 100 characters that could be broken: those outside code blocks that are not a table row, a heading or one word."""
    found, code = [], False
    for line in text.splitlines():
        code ^= line.lstrip().startswith("```")
        if len(line) > 100 and not code and not line.startswith(("|", "#")) and " " in line.strip().removeprefix("- "):
            found.append(line)
    return found


class WidthTest(unittest.TestCase):
    def test_pages_wrap_at_100_columns(self):
        self.assertGreater(len(pages()), 50)
        self.assertEqual({path: wide for path in pages() if (wide := wide_lines(read(path)))}, {})

    def test_a_wide_line_is_found(self):
        self.assertEqual(len(wide_lines("word " * 21 + "\n- " + "word " * 20 + "\n```\n" + "word " * 21 + "\n```\n| " + "word " * 21 + "|\n" + "x" * 101)), 2)


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
