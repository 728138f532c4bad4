"""Known secrets in all the forms in which they could appear, and functions that look for them."""

import base64
import os
import re
import threading
import time
from urllib.parse import quote


class KnownSecrets:
    """Secrets by name. `found_in` returns which of them some bytes contain, and in which form."""

    def __init__(self):
        self._forms = {}
        self._pattern = None

    def _add(self, name, forms):
        for form, pattern in forms.items():
            self._forms[pattern] = f"{name} ({form})"
        self._pattern = None

    def add_key(self, name, base32):
        """Adds the secret of a device, as in an otpauth URI, and that form as well."""
        raw = base64.b32decode(base32 + "=" * (-len(base32) % 8))
        groups = " ".join(base32[at:at + 4] for at in range(0, len(base32), 4))
        self._add(name, {"base32, otpauth": re.escape(base32.encode()), "base32, small": re.escape(base32.lower().encode()),
                         "base32 in groups": re.escape(groups.encode())})
        self.add_bytes(name, raw)

    def add_bytes(self, name, raw):
        """Adds the bytes as they are, in hexadecimal, and in base64 at every offset."""
        self._add(name, {"raw": re.escape(raw), "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode(),
                         "hex with colons": raw.hex(":").encode()})
        for start in range(3):
            whole = base64.b64encode(b"\0" * start + raw)
            # The letters at both ends also hold bits of their neighbors.
            middle = whole[4 if start else 0:-4]
            self._add(name, {f"base64, {start}": re.escape(middle),
                             f"base64url, {start}": re.escape(middle.translate(bytes.maketrans(b"+/", b"-_")))})

    def add_text(self, name, text):
        self.add_bytes(name, text.encode())
        self._add(name, {"in a URI": re.escape(quote(text).encode())})

    def add_code(self, name, code):
        """Adds digits, which are part of many numbers: they count only if no digit or letter is next to them."""
        self._add(name, {"code": rb"(?<![0-9A-Za-z])" + code.encode() + rb"(?![0-9A-Za-z])"})

    def found_in(self, data):
        if self._pattern is None:
            self._pattern = re.compile(b"|".join(self._forms))
        # This is rare, so it may be slow to find out which one it was.
        return {self._name_of(data, match) for match in self._pattern.finditer(data)}

    def _name_of(self, data, match):
        return next(name for pattern, name in self._forms.items() if re.compile(pattern).match(data, match.start()))

    def names(self):
        return set(self._forms.values())


class ProcessWatch:
    """Records every command line and environment of a machine's processes that it sees, from now to `stop`.

    It looks some fifty times a second: a process that lives for less than that may be missed.
    """

    def __init__(self, leader):
        self._namespace = os.readlink(f"/proc/{leader}/ns/pid")
        self._seen = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._ended.wait(0.02):
            for pid in filter(str.isdigit, os.listdir("/proc")):
                self._look(pid)

    def _look(self, pid):
        try:
            if os.readlink(f"/proc/{pid}/ns/pid") != self._namespace:
                return
            for name in ("cmdline", "environ"):
                with open(f"/proc/{pid}/{name}", "rb") as file:
                    self._seen.add(file.read())
        except OSError:
            pass  # It has ended meanwhile.

    def wait_for(self, text, seconds=20):
        deadline = time.monotonic() + seconds
        while not any(text in seen for seen in self._seen.copy()):
            if time.monotonic() > deadline:
                raise AssertionError(f"no process with {text}")
            time.sleep(0.05)

    def stop(self):
        self._ended.set()
        self._thread.join()
        return b"\n".join(self._seen)
