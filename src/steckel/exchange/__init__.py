"""Messages with other systems: what came, what was made of it, and what goes out.

The rule for what comes: its bytes are on stable storage before it is acknowledged, and
what was made of it is committed together with the mark that it was made.
"""
