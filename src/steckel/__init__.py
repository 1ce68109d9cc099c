"""Steckel, a picture archiving and communication system (PACS)."""

__version__ = "0.1.0"
