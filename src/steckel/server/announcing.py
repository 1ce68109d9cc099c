"""What a person is told when the node is ready."""

from steckel.server.settings import Settings


def announcement(settings: Settings, password: str | None) -> str:
    """Return where the node answers, and the login when its password is to be shown."""
    scheme = "https" if settings.http_tls_cert else "http"
    lines = [
        f"Steckel answers at  {scheme}://{_reachable(settings)}/",
        f"DICOM               {settings.aet} at {settings.dicom}",
    ]
    if settings.dicom_tls is not None:
        lines.append(f"DICOM over TLS      {settings.aet} at {settings.dicom_tls}")
    if password is not None:
        lines.append(f"Login               admin / {password}")
    return "\n".join(["", *lines, "Ctrl-C stops it.", ""])


def _reachable(settings: Settings) -> str:
    http = settings.http
    # Listening on every address is no address that a browser can open.
    return f"localhost:{http.port}" if http.host in ("0.0.0.0", "::") else str(http)  # noqa: S104
