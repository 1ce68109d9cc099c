"""DIMSE services (PS3.7, PS3.4): verification, storage, query, retrieve.

`wire` is sans-IO; `scp` has a thin door per service; `scu` calls other
application entities; `server` listens, with a thread per association.
"""
