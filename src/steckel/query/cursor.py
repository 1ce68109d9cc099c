"""Cursors of paged lists: the sort values of the last row, opaque to who holds them."""

import base64
import binascii
from typing import Any

import orjson

from steckel.errors import InvalidQuery


def pack_cursor(values: list[Any]) -> str:
    """Return a cursor."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def unpack_cursor(cursor: str, count: int) -> list[Any]:
    """Return the values in a cursor.

    Raises
    ------
    InvalidQuery
        It was not given out for such a list.
    """
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as problem:
        raise InvalidQuery("the cursor is not one of ours") from problem
    if not isinstance(values, list) or len(values) != count:
        raise InvalidQuery("the cursor is not one of ours")
    if not all(isinstance(value, str | int) for value in values):
        raise InvalidQuery("the cursor is not one of ours")
    return values
