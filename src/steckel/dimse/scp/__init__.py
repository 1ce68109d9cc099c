"""Doors: one per DIMSE service. Decode a request, call one port, encode the answer."""
