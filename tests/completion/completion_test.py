"""Completion of twofactorctl: its words are those of --help and of the manual page, and each shell completes them."""

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
# They are told of by the manual page and not by --help.
NOT_IN_HELP = {"--help", "--version", "--root"}
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


def words():
    """Commands and options of the list."""
    rows = [line.split("|") for line in read(f"{SOURCES}/cli/completion/words").splitlines() if "|" in line and line[0] != "#"]
    return {row[1] for row in rows if row[0] == "command"}, {row[2] for row in rows if row[0] == "option"}


class Words(unittest.TestCase):
    maxDiff = None

    def test_commands_and_options_are_those_of_the_help(self):
        said = subprocess.run([TOOL, "--help"], check=True, capture_output=True, text=True).stdout
        commands, options = words()
        self.assertEqual(commands, set(re.findall(r"(?m)^  ([a-z][a-z-]*)\b", said)))
        self.assertEqual(options - NOT_IN_HELP, set(re.findall(r"--[a-z][a-z-]*", said)))

    def test_commands_and_options_are_those_of_the_manual_page(self):
        page = read(f"{SOURCES}/docs/man/twofactorctl.1.scd")
        commands, options = words()
        section = page.split("\n# COMMANDS\n")[1].split("\n# OPTIONS\n")[0]
        self.assertEqual(commands, set(re.findall(r"(?m)^\*([a-z][a-z-]*)\*", section)))
        self.assertEqual(options, set(re.findall(r"\*(--[a-z][a-z-]*)\*", page)))

    def test_every_option_is_one_that_the_program_takes(self):
        for option in sorted(words()[1]):
            said = subprocess.run([TOOL, option, "--version"], check=False, capture_output=True, text=True)
            self.assertNotIn("an option is unknown", said.stderr, option)


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
        rows = [line.split("|") for line in read(f"{SOURCES}/cli/completion/words").splitlines()]
        for command in commands:
            options = sorted(row[2] for row in rows if row[0] == "option" and row[1] in (command, "*"))
            self.assertEqual(self.bash(command, "--"), options, command)
            self.assertEqual(self.fish(command, "--"), options, command)

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
