"""``python -m steckel`` is the command ``steckel``."""

from steckel.server.cli import main

main()
