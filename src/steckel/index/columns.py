"""Columns that many tables have."""

from sqlalchemy import BigInteger, Column

from steckel.index.schema import Words


def text(name: str, *, index: bool = False) -> Column[str]:
    """Return a column of text that is never absent, only empty."""
    return Column(name, Words, nullable=False, server_default="", index=index)


def moment(name: str, *, index: bool = False) -> Column[int]:
    """Return a column of milliseconds since 1970; zero where there is no such moment."""
    return Column(name, BigInteger, nullable=False, server_default="0", index=index)
