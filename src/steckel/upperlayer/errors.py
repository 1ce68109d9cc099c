"""Who broke the protocol: the peer, or we ourselves.

The rule: a `RemoteProtocolError` knows what the A-ABORT has to say; a
`LocalProtocolError` is a mistake of the caller and never reaches the wire.
"""

from enum import IntEnum

from steckel.errors import SteckelError


class AbortSource(IntEnum):
    """Who started an abort (PS3.8 9.3.8)."""

    SERVICE_USER = 0
    RESERVED = 1
    SERVICE_PROVIDER = 2


class AbortReason(IntEnum):
    """Why the service provider aborts (PS3.8 table 9-26)."""

    NOT_SPECIFIED = 0
    UNRECOGNIZED_PDU = 1
    UNEXPECTED_PDU = 2
    RESERVED = 3
    UNRECOGNIZED_PDU_PARAMETER = 4
    UNEXPECTED_PDU_PARAMETER = 5
    INVALID_PDU_PARAMETER_VALUE = 6


class LocalProtocolError(SteckelError):
    """We asked for what the state of the association, or the format, does not allow."""


class RemoteProtocolError(SteckelError):
    """The peer sent what the protocol does not allow."""

    def __init__(
        self, message: str, reason: AbortReason = AbortReason.INVALID_PDU_PARAMETER_VALUE
    ) -> None:
        super().__init__(message)
        self.reason = reason
