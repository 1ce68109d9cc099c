"""From a key's text to a condition in SQL (PS3.4 C.2.2.2)."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.selectable import TableValuedAlias

from steckel.dicom import dictionary, person_name, tags
from steckel.dicom.json_model import json_key
from steckel.errors import InvalidQuery
from steckel.query.attributes import Attribute, Matching
from steckel.query.model import Key
from steckel.query.ranges import RANGES, in_dates, in_moments, in_times

Condition = ColumnElement[bool]


class Matcher:
    """Makes conditions for one database."""

    def __init__(self, *, sqlite: bool) -> None:
        self._sqlite = sqlite

    def condition(self, tag: int, attribute: Attribute, value: str, *, fuzzy: bool) -> Condition:
        """Return the condition that a key makes; always true for an empty one.

        Raises
        ------
        InvalidQuery
            The value is none that the attribute's VR can have.
        """
        value = value.strip(" \0")
        if not value or value == "*":
            return true()
        column = attribute.column
        match attribute.matching:
            case Matching.NAME:
                return self.words(column, value) if fuzzy else self._name(column, value)
            case Matching.DATE:
                return in_dates(column, value, tag)
            case Matching.TIME:
                return in_times(column, value, tag)
            case Matching.UID:
                return column.in_([uid for uid in value.split("\\") if uid])
            case Matching.NUMBER:
                return _number(column, value, tag)
            case Matching.SET:
                return or_(*(self.like(column, f"*\\{part}\\*") for part in value.split("\\")))
            case Matching.WORDS:
                return self._held(tag, column, value)
            case _:
                return self._text(column, value)

    def moments(self, date: Key, on: Attribute, time: Key, at: Attribute) -> Condition:
        """Return the condition that a range of dates and one of times make together.

        Raises
        ------
        InvalidQuery
            A value is no date or no time.
        """
        day, clock = self._text_of(date.tag, on), self._text_of(time.tag, at)
        return in_moments(day, date.value, clock, time.value, time.tag)

    def _text_of(self, tag: int, attribute: Attribute) -> ColumnElement[Any]:
        if attribute.matching is Matching.WORDS:
            return self._json_value(tag, attribute.column, name=False)
        return attribute.column

    def in_items(
        self, column: ColumnElement[Any], within: Sequence[int], keys: Sequence[Key]
    ) -> Condition:
        """Match keys in a sequence of the ready JSON: one item has them all (PS3.4 C.2.2.2.6)."""
        items = self._items(column, within[0])
        if len(within) > 1:
            condition = self.in_items(items.c.value, within[1:], keys)
        else:
            condition = and_(
                true(),
                *(self._held(key.tag, items.c.value, key.value.strip(" \0")) for key in keys),
            )
        return select(literal(1)).select_from(items).where(condition).exists()

    def _items(self, column: ColumnElement[Any], sequence: int) -> TableValuedAlias:
        key = json_key(sequence)
        if self._sqlite:
            return func.json_each(column, f'$."{key}".Value').table_valued("value", name=f"i{key}")
        found = func.jsonb_extract_path(cast(column, JSONB), key, "Value")
        elements = func.jsonb_array_elements(found)
        return elements.table_valued("value", name=f"i{key}").render_derived()

    def like(self, column: ColumnElement[Any], pattern: str) -> Condition:
        """Match a pattern of ``*`` and ``?``; served by an index when it starts with text."""
        if self._sqlite:
            return column.op("GLOB", is_comparison=True)(pattern.replace("[", "[[]"))
        escaped = re.sub(r"([%_!])", r"!\1", pattern).replace("*", "%").replace("?", "_")
        return column.like(escaped, escape="!")

    def _text(self, column: ColumnElement[Any], value: str) -> Condition:
        parts = [part for part in value.split("\\") if part]
        return or_(*(self._one(column, part) for part in parts))

    def _one(self, column: ColumnElement[Any], value: str) -> Condition:
        if "*" in value or "?" in value:
            return self.like(column, value)
        return column == value

    def _name(self, column: ColumnElement[Any], value: str) -> Condition:
        """Match a name whose groups are those given; an empty group matches any (PS3.5 6.2.1.2)."""
        groups = person_name.normalise(value).split("=")
        pattern = "=".join(group or "*" for group in groups)
        choices = [self._one(column, pattern), self.like(column, f"{pattern}=*")]
        if len(groups) == 1 and not pattern.isascii():  # it may be another group than the first
            choices += [self.like(column, f"*={pattern}"), self.like(column, f"*={pattern}=*")]
        return or_(*choices)

    def words(self, column: ColumnElement[Any], value: str) -> Condition:
        """Fuzzy matching: each word begins a component of the name, in any order."""
        conditions = []
        for word in person_name.words(value):
            plain = word.replace("*", "").replace("?", "")
            starts = [self.like(column, f"{plain}*")]
            starts += [self.like(column, f"*{before}{plain}*") for before in ("^", " ", "=", "-")]
            conditions.append(or_(*starts))
        return and_(true(), *conditions)

    def _held(self, tag: int, column: ColumnElement[Any], value: str) -> Condition:
        """Match the first value of an attribute in the ready JSON."""
        if not value or value == "*":
            return true()
        vr = dictionary.vr_of(tag)
        if vr == "SQ":
            return true()  # a sequence has no value of its own; see `in_items`
        found = self._json_value(tag, column, name=vr == "PN")
        if vr in RANGES:
            return RANGES[vr](found, value, tag)
        return self._text(found, value)

    def _json_value(
        self, tag: int, column: ColumnElement[Any], *, name: bool
    ) -> ColumnElement[str]:
        key = json_key(tag)
        if self._sqlite:
            path = f'$."{key}".Value[0]' + (".Alphabetic" if name else "")
            return cast(func.json_extract(column, path), Text)
        steps = [key, "Value", "0", *(["Alphabetic"] if name else [])]
        # Compared by its bytes, as columns are (`index.schema.Words`).
        return cast(func.jsonb_extract_path_text(cast(column, JSONB), *steps), Text).collate("C")


def _number(column: ColumnElement[Any], value: str, tag: int) -> Condition:
    parts: Sequence[str] = [part.strip() for part in value.split("\\") if part.strip()]
    try:
        return column.in_([int(part) for part in parts])
    except ValueError as problem:
        raise InvalidQuery(f"{tags.show(tag)} is not a number") from problem
