"""What can be asked of the worklist, free of any protocol."""

from dataclasses import dataclass

from steckel.query.model import Key


@dataclass(frozen=True, kw_only=True)
class WorklistQuery:
    """A question to the worklist (PS3.4 K.6.1.2): keys as the peer spelled them.

    Ranges of the start date and the start time of a step are always one range of moments
    (PS3.4 table K.6-1).
    """

    keys: tuple[Key, ...] = ()
    fuzzy: bool = False  #: person names match by word beginnings, accents ignored
