"""The JSON API of the workstation: one door per kind of thing, all under ``/api``."""
