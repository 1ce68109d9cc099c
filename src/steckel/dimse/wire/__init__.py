"""DIMSE messages as bytes (PS3.7 6.3, 9.3, E): sans-IO."""
