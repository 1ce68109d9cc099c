"""The audit trail on both databases."""

from tests.databases import (
    database_server,
    empty_database,
    engine,
    index,
    upgraded_database,
)

__all__ = ["database_server", "empty_database", "engine", "index", "upgraded_database"]
