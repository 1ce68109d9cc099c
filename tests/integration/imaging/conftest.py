"""Fixtures over worker processes; those of the unit tests serve here too."""

from tests.unit.imaging.conftest import retriever, run, service

__all__ = ["retriever", "run", "service"]
