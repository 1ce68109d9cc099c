"""What a peer may ask of us."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Limits of the listener; times in seconds, sizes in bytes."""

    connections: int = 256
    idle: float = 3600.0  #: between frames, and from the beginning of a frame to its end
    message: int = 64 << 20
    #: A longer message is read in a thread beside the event loop.
    beside: int = 32 << 10
    #: Of one connection: messages and bytes that were read and are not answered yet.
    unanswered: int = 64
    unanswered_bytes: int = 8 << 20
    #: Of all connections: bytes of frames that have begun and not ended.
    unfinished_bytes: int = 256 << 20
    #: Bytes outside of any frame, after which a connection is closed.
    noise: int = 1 << 20
