"""The index: what is in the archive, in SQL (SQLite or PostgreSQL). Rebuilt from the store."""
