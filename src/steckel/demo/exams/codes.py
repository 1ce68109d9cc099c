"""Coded concepts as items of code sequences (PS3.3 8)."""

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """Return a code sequence item."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def codes(value: str, scheme: str, meaning: str) -> Sequence:
    """Return a code sequence of one item."""
    return Sequence([code(value, scheme, meaning)])
