"""The one way in: C-STORE, STOW-RS, upload and import all end here.

`Ingest.receive` returns only after the bytes are on stable storage and the
index shows them.
"""
