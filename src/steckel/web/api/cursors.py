"""Cursors that are the number of a row."""

from steckel.errors import InvalidQuery


def row_of(cursor: str | None) -> int | None:
    """Return the number that a cursor is, or raise `InvalidQuery`."""
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):
        raise InvalidQuery("the cursor is not one of ours")
    return int(cursor)
