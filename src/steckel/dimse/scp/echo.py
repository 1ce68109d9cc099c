"""The door of C-ECHO (PS3.4 A)."""

from steckel.dimse.scp.request import Request
from steckel.dimse.status import Status


class EchoScp:
    """Verification SOP Class as SCP."""

    def __call__(self, request: Request) -> None:
        """Say that we are here."""
        request.respond(Status.SUCCESS)
