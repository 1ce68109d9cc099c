"""What all tests of a run share."""

from tests.databases import upgraded_databases

__all__ = ["upgraded_databases"]
