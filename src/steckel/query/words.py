"""Searching as one types: words anywhere in name, identifier, accession number, description.

Served by trigrams on both databases; a word of one or two letters is looked
for row by row, in the order of the list, which ends as soon as a page is full.
"""

from typing import Any

from sqlalchemy import ColumnElement, literal_column, select, table

from steckel.dicom import person_name
from steckel.index.schema import studies
from steckel.query.matching import Matcher

_SEARCH = table("studies_search")
_TRIGRAM = 3


class WordSearch:
    """Makes conditions on `studies` for one database."""

    def __init__(self, *, sqlite: bool) -> None:
        self._sqlite = sqlite
        self._matcher = Matcher(sqlite=sqlite)

    def conditions(self, text: str) -> list[ColumnElement[bool]]:
        """Return conditions that all words are there, in any order."""
        words = [word.replace("*", "").replace("?", "") for word in person_name.words(text)]
        long = [word for word in words if len(word) >= _TRIGRAM]
        short = [word for word in words if 0 < len(word) < _TRIGRAM]
        found = [self._matcher.like(studies.c.search, f"*{word}*") for word in short]
        if not long:
            return found
        if not self._sqlite:
            return [*found, *(self._matcher.like(studies.c.search, f"*{word}*") for word in long)]
        return [*found, studies.c.pk.in_(_matching(long))]


def _matching(words: list[str]) -> Any:
    phrases = " AND ".join('"' + word.replace('"', '""') + '"' for word in words)
    row_number: ColumnElement[int] = literal_column("studies_search.rowid")
    matches: ColumnElement[bool] = literal_column("studies_search").op("MATCH", is_comparison=True)(
        phrases
    )
    return select(row_number).select_from(_SEARCH).where(matches)
