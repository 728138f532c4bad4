"""Checks the manual pages against the code: each page has every option, key and module option of the code, no other, and each with its default."""

import collections
import os
import re
import subprocess
import tempfile
import unittest

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
# How a page states the default of an option or its value.
DEFAULT = re.compile(r"Default:|Left out:|Without it|if not in|if its first line")


def read(path):
    with open(f"{SOURCES}/{path}", encoding="utf-8") as file:
        return file.read()


def page(name):
    return read(f"docs/man/{name}.scd")


def unwrapped(text):
    return " ".join(text.split())


def section(text, name):
    return re.split(r"(?m)^# ", text.split(f"\n# {name}\n")[1])[0]


def entries(text, depth=0):
    """Returns a text's bold terms at the given number of tabs, as {term: its line and everything below it}. A line with several terms counts for each, and
    a term that occurs twice has both."""
    found = collections.defaultdict(str)
    for line, under in re.findall(rf"(?m)^\t{{{depth}}}(\*[^\n]*)\n((?:\t{{{depth + 1}}}.*\n|\n)+)", text):
        for term in re.findall(r"\*([^*]+)\*", line):
            found[term] += line + "\n" + under
    return dict(found)


class Config(unittest.TestCase):
    maxDiff = None

    def keys_of_the_code(self):
        return re.findall(r'ConfigKey\{\s*"(\w+)",\s*"(\w+)"', read("helperd/twofactord/config/keys.cc"))

    def test_the_page_has_every_key_under_its_section_and_no_other(self):
        rows = re.findall(r"(?m)^# \[(\w+)\]\n|^\*(\w+)\* = ", page("twofactord.conf.5"))
        here, keys = None, []
        for heading, key in rows:
            here = heading or here
            if key:
                keys.append((here, key))
        self.assertEqual(keys, self.keys_of_the_code())

    def test_the_page_and_the_shipped_file_say_the_same_defaults(self):
        """A unit test compares the shipped file with the code."""
        shipped, here = {}, None
        for line in read("systemd/twofactord.conf").splitlines():
            here = found.group(1) if (found := re.fullmatch(r"\[(\w+)\]", line)) else here
            if here and (found := re.fullmatch(r"; (\w+) =(.*)", line)):
                shipped[here, found.group(1)] = found.group(2).strip()
        said = {}
        for heading, text in re.findall(r"(?ms)^# \[(\w+)\]\n(.*?)(?=^# )", page("twofactord.conf.5")):
            for key, entry in entries(text).items():
                default = re.search(r"Default: (?:_([^_\n]*(?:_\w+)*)_|(none))\.", entry)
                if re.match(r"\w+$", key) and entry.startswith(f"*{key}* ="):
                    self.assertTrue(default, key)
                    said[heading, key] = default.group(1) or ""
        self.assertEqual(said, shipped)
        self.assertEqual(list(shipped), self.keys_of_the_code())

    def test_the_example_is_well_formed(self):
        example = section(page("twofactord.conf.5"), "EXAMPLE").split("```\n")[1]
        path = os.path.join(self.enterContext(tempfile.TemporaryDirectory()), "twofactord.conf")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(example)
        done = subprocess.run([os.environ["TWOFACTORD"], "--check-config", "--config", path], text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)


class Module(unittest.TestCase):
    maxDiff = None

    def test_the_page_has_every_option_and_no_other(self):
        of_the_code = re.findall(r'Option\{"([\w-]+)", (true|false)', read("pam_module/options.cc"))
        said = [(name.removesuffix("=").split("=")[0], "true" if "=" in name else "false")
                for name in entries(section(page("pam_twofactor.8"), "OPTIONS"))]
        self.assertEqual(sorted(set(said)), sorted(of_the_code))

    def test_each_option_that_takes_a_value_has_its_default(self):
        text = section(page("pam_twofactor.8"), "OPTIONS")
        self.assertIn("Options without a value are off by default.", unwrapped(text))
        for name, entry in entries(text).items():
            if "=" in name:
                self.assertIn("Default: ", entry, name)
        timeout, = re.findall(r"timeout\{(\d+)\}", read("pam_module/options.h"))
        self.assertIn(f"Default: {timeout}.", entries(text)["timeout="])
        run_directory, = re.findall(r'kDefaultRunDirectory = "([^"]+)"', read("common/base/paths.h"))
        self.assertIn(f"Default: _{run_directory}_.", entries(text)["run_dir="])


class Daemon(unittest.TestCase):

    def test_the_page_has_the_options_of_the_help_and_no_other(self):
        said = subprocess.run([os.environ["TWOFACTORD"], "--help"], check=True, capture_output=True, text=True).stdout
        of_the_code = set(re.findall(r'option\{"([\w-]+)"', read("helperd/twofactord/arguments.cc")))
        self.assertEqual({f"--{name}" for name in of_the_code}, set(re.findall(r"--[a-z][\w-]*", said)))
        terms = entries(section(page("twofactord.8"), "OPTIONS"))
        self.assertEqual(set(terms), {f"--{name}" for name in of_the_code})
        self.assertIn("Default: _/etc/twofactor/twofactord.conf_", terms["--config"])


class CommandLine(unittest.TestCase):

    def test_each_option_that_takes_a_value_has_its_default(self):
        text = page("twofactorctl.1")
        with open(os.environ["WORDS"], encoding="utf-8") as file:
            words = file.read()
        taking = [row[2] for row in (line.split("|") for line in words.splitlines() if line.startswith("option|")) if row[3]]
        said = {**entries(text), **entries(text, depth=1)}
        for option in taking:
            self.assertIn(option, said)
            self.assertRegex(said[option], DEFAULT, option)

    def test_what_has_no_value_is_off(self):
        self.assertIn("Options without a value are off.", unwrapped(page("twofactorctl.1")))


if __name__ == "__main__":
    unittest.main()
