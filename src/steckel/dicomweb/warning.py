"""The Warning header: what of a request was not followed (PS3.18 8.3.4.4.1, 8.3.5.1)."""

from collections.abc import Iterable

#: "Miscellaneous persistent warning" (RFC 7234 5.5).
_CODE = 299


def warning_header(service: str, texts: Iterable[str]) -> str:
    """Spell warnings as one header; `service` is the address of the service."""
    return ", ".join(f'{_CODE} {service} "{text}"' for text in texts)
