"""Measurements beside the peers, in one run, quoted as ratios."""
