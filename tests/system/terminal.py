"""A shell in a terminal of a booted machine, as a person uses one: types, and reads the output."""

import os
import re
import signal
import subprocess
import threading
import time

PROMPT = "\x1e"


class Terminal:
    """The shell of `user`. `shown` has all its output, as (seconds since the start, text)."""

    def __init__(self, machine, user=None, columns=100, rows=50):
        self._process = machine.start(f"cd ~{user or 'root'}; exec script -qfec 'exec bash --norc --noprofile -i' /dev/null", user=user,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        self._changed = threading.Condition()
        self._start = time.monotonic()
        self._seen = 0
        self.shown = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        # The prompt contains a mark that no command prints.
        self.type(f" stty rows {rows} cols {columns}; bind 'set enable-bracketed-paste off'; export TERM=xterm HOME=~; PS1='\\[\\036\\]$ '")
        self.until(PROMPT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _read(self):
        while piece := self._process.stdout.buffer.read1(65536):
            with self._changed:
                self.shown.append((time.monotonic() - self._start, piece.decode("utf-8", errors="replace")))
                self._changed.notify_all()

    def type(self, line):
        """Types a line and the return key."""
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def until(self, pattern, seconds=60):
        """Returns the output from the end of the last call up to `pattern`."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while True:
                fresh = "".join(text for _, text in self.shown)[self._seen:]
                found = re.search(pattern, fresh)
                if found:
                    self._seen += found.end()
                    return fresh[:found.end()]
                if not self._changed.wait(deadline - time.monotonic()):
                    raise AssertionError(f"no {pattern!r} within {seconds} seconds, but:\n{fresh}")

    def run(self, command, answers=(), seconds=120):
        """Types a command, then each answer when its question appears; returns the output until the next prompt."""
        self.type(command)
        shown = ""
        for question, answer in answers:
            shown += self.until(question)
            self.type(answer() if callable(answer) else answer)
        return shown + self.until(PROMPT, seconds)

    def close(self):
        # Kill everything in front of the terminal, of which only nsenter(1) is our child: the rest would keep the pipe open, and its reader could
        # not be waited for. The shell ends with its terminal.
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process.stdin.close()
        self._reader.join()
        self._process.stdout.close()
