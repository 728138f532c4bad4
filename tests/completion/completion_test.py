"""Completion of twofactorctl: --help and the manual page have the words of the table, and each shell completes them."""

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

TOOL = os.environ["TWOFACTORCTL"]
FOLDER = os.environ["COMPLETIONS"]
SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
BASH = """source {file}
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_twofactorctl 2>/dev/null
printf '%s\\n' "${{COMPREPLY[@]}}" | sort"""
# What was completed is run, and the shell says with what.
ZSH = """PS1=; unsetopt zle_bracketed_paste; fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D
twofactorctl() {{ print -r -- "called<$*>" }}; print S''ET
"""


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def rows(kind):
    """The table of commands, as the shells' completions are made of it."""
    return [line.split("|") for line in read(f"{FOLDER}/words").splitlines() if line.startswith(kind + "|")]


def words():
    """All commands and options."""
    return {row[1] for row in rows("command")}, {row[2] for row in rows("option")}


def options_of(command):
    return sorted(row[2] for row in rows("option") if row[1] in (command, "*"))


def said(*arguments):
    return subprocess.run([TOOL, *arguments], check=True, capture_output=True, text=True).stdout


class Help(unittest.TestCase):
    maxDiff = None

    def test_the_help_has_every_command_and_what_it_does(self):
        lines = dict(re.findall(r"(?m)^  ([a-z][a-z-]*) +(.*)", said("--help")))
        self.assertEqual(lines, {row[1]: row[3] for row in rows("command")})

    def test_the_help_of_a_command_has_its_options_and_no_other_whatever_way_it_is_asked_for(self):
        for command in words()[0]:
            helped = said(command, "--help")
            self.assertEqual(sorted(re.findall(r"(?m)^  (--[a-z-]+)", helped)), options_of(command))
            self.assertEqual(said("help", command), helped)
            self.assertEqual(said("--help", command), helped)
            self.assertTrue(helped.startswith(f"Usage: twofactorctl {command}"), helped)
        self.assertEqual(said("help"), said("--help"))

    def test_the_help_is_as_wide_as_a_terminal(self):
        for command in words()[0]:
            self.assertLessEqual(max(map(len, said("help", command).splitlines())), 80, command)
        self.assertLessEqual(max(map(len, said("help").splitlines())), 80)


class Manual(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        page = read(f"{SOURCES}/docs/man/twofactorctl.1.scd")
        self.commands, self.imports, self.common = (
            page.split(f"\n# {name}\n")[1].split("\n# ")[0] for name in ("COMMANDS", "IMPORT", "OPTIONS"))

    def test_each_way_to_call_a_command_is_a_heading(self):
        headings = {re.sub(r"[*_]", "", line) for line in re.findall(r"(?m)^\*[a-z].*", self.commands)}
        usages = {f"{command} {usage}".strip() for command in words()[0]
                  for usage in re.findall(r"(?m)^(?:Usage|   or): twofactorctl " + command + r"\b ?(.*)", said("help", command))}
        self.assertEqual(headings, usages)

    def test_each_command_has_each_of_its_options_and_no_other(self):
        common = {row[2] for row in rows("option") if row[1] == "*"}
        entries = re.findall(r"(?m)^\*([a-z][a-z-]*)\*.*\n(?:(?:\t.*)?\n)*", self.commands)
        self.assertEqual(set(entries), words()[0])
        for command in words()[0]:
            text = "".join(re.findall(rf"(?m)^\*{command}\*.*\n(?:(?:\t.*)?\n)*", self.commands))
            text += self.imports if command == "import" else ""
            self.assertEqual(set(re.findall(r"\*(--[a-z-]+)\*", text)) | common, set(options_of(command)), command)
        headings = " ".join(re.findall(r"(?m)^\*--.*", self.common))
        self.assertEqual(set(re.findall(r"--[a-z-]+", headings)), common)


class Shells(unittest.TestCase):
    maxDiff = None

    def bash(self, *line):
        script = BASH.format(file=f"{FOLDER}/twofactorctl.bash", words=" ".join(f"'{word}'" for word in ("twofactorctl", *line)))
        return subprocess.run(["bash", "--norc", "-c", script], check=True, capture_output=True, text=True).stdout.split()

    def fish(self, *line):
        script = f"source {FOLDER}/twofactorctl.fish; complete -C '{' '.join(('twofactorctl', *line))}'"
        said = subprocess.run(["fish", "--no-config", "-c", script], check=True, capture_output=True, text=True).stdout
        return sorted(row.split("\t")[0] for row in said.splitlines())

    def test_each_command_and_each_of_its_options_is_completed(self):
        commands, _ = words()
        self.assertEqual(self.bash(""), sorted(commands))
        self.assertEqual(self.fish(""), sorted(commands))
        for command in commands:
            self.assertEqual(self.bash(command, "--"), options_of(command), command)
            self.assertEqual(self.fish(command, "--"), options_of(command), command)

    def test_what_was_typed_before_tells_what_comes_next(self):
        for line, expected in ((("rene",), ["renew"]), (("config", ""), ["set"]), (("config", "set", ""), ["enabled", "ssh", "window"]),
                               (("--json", "config", "set", "ssh", "t"), ["true"]), (("renew", "--digits", ""), ["6", "7", "8"]),
                               (("--run-dir", "/run", "stat"), ["status"]), (("renew", "--png", "/nowhere/x", "--dig"), ["--digits"]),
                               (("status", "roo"), ["root"]), (("list", "roo"), []), (("renew", "--interval", ""), [])):
            self.assertEqual(self.bash(*line), expected, line)
            self.assertEqual(self.fish(*line), expected, line)

    def test_files_with_blanks_stay_whole(self):
        script = BASH.format(file=f"{FOLDER}/twofactorctl.bash", words="twofactorctl renew --png a")
        folder = self.enterContext(tempfile.TemporaryDirectory())
        open(f"{folder}/a picture.png", "w", encoding="ascii").close()
        said = subprocess.run(["bash", "--norc", "-c", script], check=True, capture_output=True, text=True, cwd=folder).stdout
        self.assertEqual(said, "a picture.png\n")

    def zsh(self, *lines):
        """What is called after Tab at the end of each line, in a zsh at a terminal of its own."""
        folder = self.enterContext(tempfile.TemporaryDirectory())
        shutil.copy(f"{FOLDER}/twofactorctl.zsh", f"{folder}/_twofactorctl")
        pid, terminal = pty.fork()
        if pid == 0:
            os.execvpe("zsh", ["zsh", "-f", "-i"], {**os.environ, "TERM": "dumb"})
        try:
            with os.fdopen(terminal, "r+b", buffering=0) as file:
                file.write(ZSH.format(folder=folder).encode())
                self.until(file, rb"\nSET")
                called = []
                for line in lines:
                    file.write(f"twofactorctl {line}\t\n".encode())
                    called.append(self.until(file, rb"\ncalled<(.*)>").group(1).decode())
                return called
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def until(self, file, pattern, seconds=30):
        said = b""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if select.select([file], [], [], 0.2)[0]:
                said += file.read(65536)
                if found := re.search(pattern, said):
                    return found
        self.fail(f"no {pattern} in {said}")

    def test_zsh_completes_commands_options_and_words(self):
        lines = {"rene": "renew", "config s": "config set", "config set en": "config set enabled", "renew --dig": "renew --digits",
                 "status roo": "status root", "--json renew --no-c": "--json renew --no-confirm", "doctor --ro": "doctor --root"}
        self.assertEqual(self.zsh(*lines), list(lines.values()))

    def test_zsh_has_each_command_and_option(self):
        made = read(f"{FOLDER}/twofactorctl.zsh")
        commands, options = words()
        for command in commands:
            self.assertRegex(made, rf"(?m)^  '{command}:")
        for option in options:
            self.assertIn(f"'{option}[", made)


if __name__ == "__main__":
    unittest.main()
