"""Where a file lies inside a container."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """A range of bytes in a container of the store."""

    container: str  #: name of the container, derived from a digest
    offset: int
    length: int
