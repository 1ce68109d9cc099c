"""Numbered steps of the schema (Alembic)."""
