"""The DICOM upper layer (PS3.8): associations over a byte stream.

Sans-IO: bytes in, events out; commands in, bytes out; time is passed in. No
sockets, threads or clocks in here; `steckel.dimse` brings those.
"""
