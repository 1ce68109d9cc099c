"""What a DICOM data set is (PS3.3, PS3.5, PS3.6, PS3.10, PS3.18 F).

The only package that touches pydicom's dictionaries and configuration. It
works on buffers: no files, sockets or clocks.
"""
