"""The directory of application entities as DIMSE sees it (`dimse.ports.PeerDirectory`).

Apart from the other desks, which load the API: DIMSE and the worker have no use for that.
"""

from steckel.dimse.ports import RemoteEntity
from steckel.security.peers import PeerDirectory


class PeerDesk:
    """Answers from the directory."""

    def __init__(self, directory: PeerDirectory) -> None:
        self._directory = directory

    def lookup(self, aet: str) -> RemoteEntity | None:
        """Return a registered application entity."""
        found = self._directory.lookup(aet)
        if found is None:
            return None
        return RemoteEntity(aet=found.aet, host=found.host, port=found.port, tls=found.tls)
