"""Reads docs/pam-stacks.md, so that the tests use what the page shows."""

import os
import re

from machine import SUITE

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "pam-stacks.md")
# A line that ends with the file's name, then the file.
FILE = re.compile(r"^[^\n`]*`(/[^`\n]+)`:\n\n```\n(.*?)^```", re.MULTILINE | re.DOTALL)
# What the page says is missing in the files of releases after Debian 12.
ONLY_IN_BOOKWORM = re.compile(r" user_readenv=1|^session +optional +pam_lastlog\.so\n", re.MULTILINE)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


class PamPage:
    def __init__(self):
        with open(PAGE, encoding="utf-8") as file:
            parts = re.split(r"^##+ (.*)\n", file.read(), flags=re.MULTILINE)
        self._sections = dict(zip(parts[1::2], parts[2::2]))

    def sections(self):
        return list(self._sections)

    def text(self, section):
        return self._sections[section]

    def files(self, section):
        """Returns the complete files in a section, as in the booted release: {path: text}."""
        files = dict(FILE.findall(self._sections[section]))
        return files if SUITE == "bookworm" else {path: ONLY_IN_BOOKWORM.sub("", text) for path, text in files.items()}

    def block(self, section, language):
        """Returns the only block of a section in this language."""
        [text] = [text for found, text in BLOCK.findall(self._sections[section]) if found == language]
        return text


def rules(text):
    """Returns the effective lines of a PAM file, with single blanks."""
    lines = [re.sub(r"\s+", " ", line.split("#")[0]).strip() for line in text.splitlines()]
    return [line for line in lines if line]
