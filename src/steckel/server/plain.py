"""Imported first by a role: leaves out what only a person at a terminal has use for.

structlog loads rich, to colour tracebacks, wherever it is installed: 5 MB and 40 ms in each
process of a server whose log has no colours.
"""

import sys

sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
