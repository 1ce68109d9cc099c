"""What the DICOMweb door needs of the rooms behind it.

The rule: a room that knows studies is `Guarded`, and each request asks it as its caller
sees it. Whoever holds a `StoredInstance` was shown it: what takes one needs no view.
"""

from dataclasses import dataclass
from typing import Protocol, cast

from starlette.requests import Request

from steckel.dicomweb.rendering import RenderRequest
from steckel.errors import NotAllowed
from steckel.index.view import NOTHING, Guarded, View
from steckel.ingest.model import Receiver
from steckel.query.ports import Finder
from steckel.retrieve.model import Retriever, StoredInstance
from steckel.retrieve.second import Second
from steckel.security.decisions import Action


class Rendered(Protocol):
    """An image made for people to look at."""

    @property
    def data(self) -> bytes:
        """The encoded image."""

    @property
    def media_type(self) -> str:
        """What it is encoded as."""


class Imaging(Protocol):
    """Pixels: decoded, rendered, or brought into another transfer syntax.

    Each method raises `CannotRender` where the pixels cannot be used, and
    `NotFound` for a frame that is not there.
    """

    async def render(
        self, instance: StoredInstance, frame: int, request: RenderRequest
    ) -> Rendered:
        """Render one frame (from 1)."""

    async def thumbnail(
        self, instance: StoredInstance, frame: int, request: RenderRequest
    ) -> Rendered:
        """Render one frame, small."""

    async def decode(self, instance: StoredInstance, frame: int) -> bytes:
        """Return one frame as native little endian pixel data."""

    async def encode(self, instance: StoredInstance, frame: int) -> bytes:
        """Return one native frame in HTJ2K Lossless RPCL."""

    async def transcode(self, part10: bytes, to: str) -> bytes:
        """Return a Part 10 file in another transfer syntax."""


class SecondReader(Protocol):
    """What is kept in HTJ2K beside what was received. Thread-safe; blocking."""

    def find(self, instance: StoredInstance) -> Second:
        """Say what there is of an instance."""

    def read(self, second: Second, offset: int, length: int) -> bytes:
        """Read bytes of the file, or raise `NotFound`."""


class KeptThumbnail(Protocol):
    """A thumbnail that was made before."""

    @property
    def digest(self) -> str:
        """Of the instance that it shows, in hex."""

    @property
    def frame(self) -> int:
        """The frame that it shows, from 1."""

    @property
    def media_type(self) -> str:
        """What it is encoded as."""

    @property
    def data(self) -> bytes:
        """The encoded image."""


class KeptThumbnails(Protocol):
    """The thumbnails that were made before they are asked for. Thread-safe; blocking."""

    def kept(self, study: str, series_uid: str | None, name: str) -> KeptThumbnail | None:
        """Return what stands for a series or a study, by the name of its `RenderRequest`."""


class Deleter(Protocol):
    """Deletes; raises `NotFound` where there is nothing. Thread-safe; blocking."""

    def delete_study(self, study: str) -> None:
        """Delete a study."""

    def delete_series(self, study: str, series: str) -> None:
        """Delete a series."""

    def delete_instance(self, study: str, series: str, sop: str) -> None:
        """Delete an instance."""


class Principal(Protocol):
    """Who is asking; put into the state of the request by the authentication."""

    @property
    def name(self) -> str:
        """The name of the account."""

    @property
    def view(self) -> View:
        """What it sees."""

    def may(self, action: str) -> bool:
        """Whether the account has the right to do something."""


@dataclass(frozen=True, kw_only=True)
class DicomwebServices:
    """The rooms behind the door."""

    receiver: Receiver
    finder: Guarded[Finder]
    retriever: Guarded[Retriever]
    imaging: Imaging
    deleter: Guarded[Deleter]
    thumbnails: Guarded[KeptThumbnails] | None = None  #: ``None``: all are made when asked for
    second: SecondReader | None = None  #: ``None``: frames in HTJ2K are made when asked for
    max_stow_body: int | None = None  #: bytes of one STOW-RS request; ``None``: no limit


def principal_of(request: Request) -> Principal | None:
    """Return who is asking, where the authentication has said."""
    return cast("Principal | None", getattr(request.state, "principal", None))


def view_of(request: Request) -> View:
    """Return what the one who is asking sees; nobody sees nothing."""
    principal = principal_of(request)
    return principal.view if principal else NOTHING


def require(request: Request, action: Action) -> None:
    """Let through who has a right; nobody has none.

    Raises
    ------
    NotAllowed
        The account has it not.
    """
    principal = principal_of(request)
    if principal is None or not principal.may(action):
        raise NotAllowed(f"this account has no right to {action}")


def name_of(request: Request) -> str:
    """Return the name of who is asking."""
    principal = principal_of(request)
    return principal.name if principal else ""
