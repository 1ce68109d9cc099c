"""Numbers as they stand in addresses and parameters."""

#: Longer ones are no counts of anything.
_MOST_DIGITS = 12


def natural(text: str) -> int | None:
    """Read a number of ASCII digits; nothing where it is none."""
    if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS:
        return int(text)
    return None
