"""The bytes: series containers on stable storage (docs/formats/store.md)."""
