"""What a door needs of the query engine."""

from collections.abc import Iterator
from typing import Protocol

from steckel.dicom.json_model import JsonDataset
from steckel.query.model import Query


class Finder(Protocol):
    """Answers queries. Thread-safe; blocking."""

    def find(self, query: Query) -> Iterator[JsonDataset]:
        """Yield one data set per match, lazily.

        Raises
        ------
        InvalidQuery
            A key cannot be understood at this level.
        """

    def unmatched(self, query: Query) -> frozenset[int]:
        """Return the tags whose keys match everything, because the index does not hold them."""
