"""C-ECHO to application entities, as people ask for it."""

import time

from steckel.dimse.ports import RemoteEntity
from steckel.dimse.scu.association import Caller, CannotAssociate
from steckel.dimse.scu.echo import echo
from steckel.dimse.timeouts import Timeouts
from steckel.security.peers import RemoteAe
from steckel.server.dialling import dialler_of
from steckel.server.settings import Settings
from steckel.server.tls import dicom_client_tls
from steckel.web.ports.system import EchoResult

_SECONDS = 10.0


def echo_desk(settings: Settings) -> "EchoDesk":
    """Return what sends C-ECHO as this application entity."""
    limit = _SECONDS
    return EchoDesk(
        Caller(
            aet=settings.aet,
            timeouts=Timeouts(artim=limit, network=limit, connect=limit, response=limit),
            tls_context=dicom_client_tls(settings),
            dialler=dialler_of(settings),
        )
    )


class EchoDesk:
    """Sends C-ECHO."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def echo(self, entity: RemoteAe) -> EchoResult:
        """Send a C-ECHO; failure is an answer, not an error."""
        remote = RemoteEntity(aet=entity.aet, host=entity.host, port=entity.port, tls=entity.tls)
        started = time.perf_counter()
        try:
            status = echo(remote, self._caller)
        except CannotAssociate as problem:
            return EchoResult(ok=False, milliseconds=_since(started), message=str(problem))
        message = "" if status == 0 else f"it answered with status 0x{status:04X}"
        return EchoResult(ok=status == 0, milliseconds=_since(started), message=message)


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
