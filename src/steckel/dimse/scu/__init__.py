"""Calling other application entities."""
