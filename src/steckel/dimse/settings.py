"""How this application entity behaves; made by `server.settings` and handed in."""

from dataclasses import dataclass, field

from steckel.dimse.ports import Slots
from steckel.dimse.timeouts import Timeouts
from steckel.security.outgoing import Dialler, Tls


@dataclass(frozen=True, kw_only=True)
class DimseSettings:
    """One application entity with its listeners. Port 0 takes any free one."""

    aet: str = "STECKEL"
    host: str = "127.0.0.1"
    port: int = 11112
    tls_host: str = "127.0.0.1"
    tls_port: int | None = None  #: ``None``: no TLS listener
    tls_context: Tls | None = None  #: of the TLS listener
    client_tls_context: Tls | None = None  #: for AEs reached by TLS
    dialler: Dialler = field(default_factory=Dialler)
    max_associations: int = 64
    slots: Slots | None = (
        None  #: places shared with others; ``None``: `max_associations` of its own
    )
    max_connections: int = 512  #: associations, and what is about to become or end as one
    max_pdu_length: int = 256 * 1024
    timeouts: Timeouts = field(default_factory=Timeouts)
    accept_unknown_storage: bool = True
    check_called_aet: bool = False
    #: Answer queries that leave out unique keys above their level although
    #: relational queries were not negotiated (PS3.4 C.4.1.2.2.1), as many ask them.
    relational_by_default: bool = True

    def __post_init__(self) -> None:
        if self.tls_port is not None and self.tls_context is None:
            raise ValueError("a TLS listener needs an SSL context")
