"""One retrieve engine for C-MOVE, C-GET, WADO and export."""
