"""The codes of RFC 4226 and RFC 6238 with SHA-1 and six digits, by Python's own HMAC."""

import base64
import hashlib
import hmac
import re
import time

STEP_SECONDS = 30


def hotp(secret, counter):
    digest = hmac.digest(secret, counter.to_bytes(8, "big"), hashlib.sha1)
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start:start + 4], 'big') & 0x7fffffff) % 10 ** 6:06}"


def current_step():
    return int(time.time()) // STEP_SECONDS


def totp(secret):
    return hotp(secret, current_step())


def secret_of(text):
    """That of the otpauth URI in `text`."""
    base32 = re.search("secret=([A-Z2-7]+)", text).group(1)
    return base64.b32decode(base32 + "=" * (-len(base32) % 8))
