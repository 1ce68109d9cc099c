"""Searching as one types: words in name, identifier, accession number, description.

A word of three letters or more is found anywhere, by trigrams on both
databases. Of one or two letters it is the beginning of a word: that is what a
person means who starts to type, and what an index can serve.
"""

from typing import Any

from sqlalchemy import ColumnElement, literal_column, or_, select, table

from steckel.dicom import person_name
from steckel.index.schema import studies
from steckel.query.matching import Matcher

_TRIGRAM = 3
Conditions = list[ColumnElement[bool]]


class WordSearch:
    """Makes conditions on `studies` for one database."""

    def __init__(self, *, sqlite: bool) -> None:
        self._sqlite = sqlite
        self._matcher = Matcher(sqlite=sqlite)

    def conditions(self, typed: str, column: ColumnElement[Any]) -> Conditions:
        """Return conditions that all words are in a column of such words, in any order."""
        return [self._condition(word, column) for word in _words(typed)]

    def indexed(self, typed: str) -> Conditions:
        """Return conditions on `studies` beside them, by which an index finds the rows."""
        words = _words(typed)
        return [*self.containing(words), *self._beginning(words)]

    def containing(self, pieces: list[str]) -> Conditions:
        """Return conditions, served by an index, that folded pieces of text are somewhere."""
        long = [piece for piece in pieces if len(piece) >= _TRIGRAM]
        if not long:
            return []
        if self._sqlite:
            return [_matching("studies_search", " AND ".join(map(_quoted, long)))]
        return [self._matcher.like(studies.c.search, f"*{piece}*") for piece in long]

    def _beginning(self, words: list[str]) -> Conditions:
        short = (word for word in words if len(word) < _TRIGRAM)
        plain = [word for word in short if word.isascii() and word.isalnum()]
        if not plain or not self._sqlite:
            return []  # PostgreSQL's trigrams know where words begin
        return [_matching("studies_words", " AND ".join(f"{_quoted(word)}*" for word in plain))]

    def _condition(self, word: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
        if len(word) >= _TRIGRAM or not word.isascii():  # a word of Chinese may be a letter
            return self._matcher.like(column, f"*{word}*")
        return or_(self._matcher.like(column, f"{word}*"), self._matcher.like(column, f"* {word}*"))


def _words(typed: str) -> list[str]:
    words = (word.replace("*", "").replace("?", "") for word in person_name.words(typed))
    return [word for word in words if word]


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _matching(index: str, phrases: str) -> ColumnElement[bool]:
    """Return "the study is among those that an index of words finds"."""
    row_number: ColumnElement[int] = literal_column(f"{index}.rowid")
    matches: ColumnElement[bool] = literal_column(index).op("MATCH", is_comparison=True)(phrases)
    found: Any = select(row_number).select_from(table(index)).where(matches)
    return studies.c.pk.in_(found)
