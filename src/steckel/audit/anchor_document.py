"""An anchor: where all chains stood at the end of a day, in a document that can be kept elsewhere.

Each names the hash of the one before it, so that anchors are a chain of their own.
"""

from dataclasses import dataclass

import orjson

from steckel.errors import InvalidQuery


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """Where a chain stood."""

    chain: str
    number: int
    hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Anchor:
    """Where the chains stood at the end of a day that had events."""

    day: str  #: YYYY-MM-DD, UTC
    previous: str  #: hash of the anchor before it
    heads: tuple[Head, ...]  #: of the chains that grew that day, by name


def write_anchor(anchor: Anchor) -> str:
    """Return the document: canonical JSON."""
    heads = [{"chain": one.chain, "hash": one.hash, "number": one.number} for one in anchor.heads]
    document = {"day": anchor.day, "heads": heads, "previous": anchor.previous}
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


def read_anchor(document: str | bytes) -> Anchor:
    """Return what a document says.

    Raises
    ------
    InvalidQuery
        It is no anchor.
    """
    try:
        read = orjson.loads(document)
        heads = tuple(
            Head(chain=str(one["chain"]), number=int(one["number"]), hash=str(one["hash"]))
            for one in read["heads"]
        )
        return Anchor(day=str(read["day"]), previous=str(read["previous"]), heads=heads)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as problem:
        raise InvalidQuery("this is no anchor of an audit trail") from problem
