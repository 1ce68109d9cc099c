"""Pixels: decoded, rendered, brought into another transfer syntax.

Decoders written in C read what strangers sent. They run in processes of their
own (`worker.py`), with a limit of memory and of time, started when they are
needed; the server itself never loads them (`service.py`).
"""
