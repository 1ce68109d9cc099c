"""Web pages and the JSON API of the workstation, and the static files of both viewers."""
