"""One command: settings, wiring, listeners and the command line."""
