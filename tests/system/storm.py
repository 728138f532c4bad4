"""A storm of logins: users log in all the time with right codes, and try each code once more.

It counts what it must not see: a right code that was refused, and a code that was accepted twice.
"""

import base64
import concurrent.futures
import hashlib
import hmac
import json
import re
import struct
import threading
import time

# The shortest interval that the daemon accepts, so that there are many codes.
INTERVAL = 5
DIGITS = 6
SERVICE = "storm"
STACK = "auth required pam_twofactor.so\naccount required pam_permit.so\n"
DRIVER = "/usr/local/lib/tests/pam_driver"
ACCEPTED, REFUSED = "PAM_SUCCESS", "PAM_AUTH_ERR"


def totp(secret, step):
    """Returns the code of RFC 6238 with HMAC-SHA-1."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start:start + 4])[0] & 0x7fffffff
    return f"{number % 10 ** DIGITS:0{DIGITS}}"


def secret_in(answer):
    if "result" not in answer:
        raise AssertionError(f"a renewal was refused: {answer}")
    return re.search(r"secret=([A-Z2-7]+)", json.dumps(answer)).group(1)


def attempt(machine, name, code, own):
    """Returns libpam's result for a login with `code`, in an application with the user's `own` uid or root's."""
    said = machine.run(f"{DRIVER} --confdir /etc/pam.d --service {SERVICE} --user {name}",
                       user=name if own else None, stdin=code + "\n", check=False).stdout.split("\n")
    return said[-2] if len(said) > 1 else "nothing"


class Storm:
    """Users `names` of `machine`, enrolled. `with Storm(…) as storm` is the time of it; then look at the lists.

    Each user's logins alternate between a root host, which reads the live store, and one of the user's own, which asks the
    daemon; a used code is tried again at the other kind.
    """

    def __init__(self, machine, names):
        self.lost = []
        self.doubled = []
        self.unclear = []
        self.logins = {"root": 0, "own": 0}
        self.longest = 0.0
        self._machine = machine
        self._names = names
        self._secrets = {name: secret_in(machine.call("user.renew_2fa_secret", name, {"interval": INTERVAL}))
                         for name in names}
        self._used = dict.fromkeys(names, 0)
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._threads = concurrent.futures.ThreadPoolExecutor(len(names))
        self._running = []

    def __enter__(self):
        self._running = [self._threads.submit(self._log_in_all_the_time, name) for name in self._names]
        return self

    def __exit__(self, *_):
        self._over.set()
        for running in self._running:
            running.result()

    def unused_step(self, name):
        """Waits for an unused step: this one or the next, so that its code is valid for at least one interval."""
        while not self._over.is_set():
            step = max(int(time.time()) // INTERVAL, self._used[name] + 1)
            if step <= int(time.time()) // INTERVAL + 1:
                self._used[name] = step
                return step
            self._over.wait(0.1)
        return None

    def _log_in_all_the_time(self, name):
        own = False
        while (step := self.unused_step(name)) is not None:
            own = not own
            code = totp(self._secrets[name], step)
            start = time.time()
            first = attempt(self._machine, name, code, own)
            end = time.time()
            again = attempt(self._machine, name, code, not own)
            with self._lock:
                self._judge(f"{name} {'own' if own else 'root'} step {step} at {start:.3f}, {end - start:.3f} s",
                            first, again, end // INTERVAL > step + 1)
                self.logins["own" if own else "root"] += 1
                self.longest = max(self.longest, end - start)

    def _judge(self, what, first, again, out_of_date):
        """A login that was answered after the code expired was refused rightly. One that was refused did not use the code."""
        if first != ACCEPTED and not out_of_date:
            self.lost.append(f"{what}: {first}")
        if first == again == ACCEPTED:
            self.doubled.append(f"{what}: {first}, then {again}")
        elif again not in (ACCEPTED, REFUSED):
            self.unclear.append(f"{what}: used, then {again}")
