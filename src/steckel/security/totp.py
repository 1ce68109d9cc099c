"""Codes of authenticator applications: TOTP (RFC 6238) over HOTP (RFC 4226). Pure.

As every application has it: six digits of HMAC-SHA-1, another every thirty seconds. The
rule: a code counts once; what came before the last one that was taken is no code.
"""

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote

DIGITS = 6
PERIOD = 30  #: seconds
#: Steps that a clock may be late or early (RFC 6238 5.2).
_TOLERANCE = 1
#: Bytes of a secret: as many as the hash has (RFC 4226 4, R6).
_SECRET = 20


def new_secret() -> str:
    """Return a fresh secret in base32."""
    return base64.b32encode(secrets.token_bytes(_SECRET)).decode()


def code_of(secret: str, step: int) -> str:
    """Return the code of a step (RFC 4226 5.3)."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1)
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: str, code: str, now: float, last_step: int) -> int | None:
    """Return the step whose code this is, if it may count at a moment.

    Parameters
    ----------
    now
        Seconds since 1970.
    last_step
        Of the code that counted last; only later ones do.
    """
    current = int(now) // PERIOD
    typed = "".join(code.split())
    if len(typed) != DIGITS or not typed.isascii():
        return None
    found = None
    for step in range(current - _TOLERANCE, current + _TOLERANCE + 1):
        if hmac.compare_digest(code_of(secret, step), typed) and step > last_step:
            found = step
    return found


def address_of(secret: str, *, account: str, site: str) -> str:
    """Return the address that an application reads from the picture (Key URI Format)."""
    label = f"{quote(site, safe='')}:{quote(account, safe='')}"
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(site, safe='')}"
