"""The certificate that a caller has shown, and whether it is the one that was agreed on."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_FINGERPRINT: Final = re.compile(
    r"(?:sha-?256[:=])?((?:[0-9a-f]{2}:?){31}[0-9a-f]{2})", re.IGNORECASE
)
_PREFIX: Final = re.compile(r"cn=", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """A certificate that was verified: that of an authority which the site believes."""

    fingerprint: str  #: SHA-256, hexadecimal, lower case
    names: frozenset[str]  #: common name and DNS names, lower case

    def is_agreed(self, agreed: str) -> bool:
        """Whether it is meant by a fingerprint (SHA-256) or a name, such as ``CN=ct1``."""
        found = _FINGERPRINT.fullmatch(agreed.strip())
        if found:
            return found[1].replace(":", "").lower() == self.fingerprint
        return _PREFIX.sub("", agreed.strip(), count=1).lower() in self.names


def certificate_of(encoded: bytes, parsed: Mapping[str, Any]) -> Certificate:
    """Return what a certificate says.

    Parameters
    ----------
    encoded
        The certificate in DER.
    parsed
        The same as `ssl.SSLSocket.getpeercert` spells it.
    """
    subject = dict(pair for part in parsed.get("subject", ()) for pair in part)
    alternatives = (value for kind, value in parsed.get("subjectAltName", ()) if kind == "DNS")
    names = (subject.get("commonName", ""), *alternatives)
    return Certificate(
        fingerprint=hashlib.sha256(encoded).hexdigest(),
        names=frozenset(name.lower() for name in names if name),
    )
