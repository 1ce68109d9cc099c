"""The message store on both databases."""

from tests.databases import database_server, engine, index, upgraded_database

__all__ = ["database_server", "engine", "index", "upgraded_database"]
