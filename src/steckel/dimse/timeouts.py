"""How long an association waits for what."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """Seconds."""

    artim: float = 30.0  #: for an A-ASSOCIATE-RQ, and for the peer to close (PS3.8 9.1.5)
    idle: float = 600.0  #: between two messages
    network: float = 60.0  #: in which a peer must go on with what it has begun, or read on
    connect: float = 10.0  #: for a connection to another AE, TLS handshake included
    response: float = 300.0  #: for another AE to answer a request of ours
