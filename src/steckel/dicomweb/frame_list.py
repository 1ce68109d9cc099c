"""Which frames a request is for, and what they are called in an answer."""

from dataclasses import dataclass
from hashlib import blake2b

from steckel.dicom.transfer_syntax import assume
from steckel.dicomweb.addresses import resource_path
from steckel.dicomweb.content import KEPT, etag_of
from steckel.dicomweb.frame_forms import FrameForm
from steckel.dicomweb.multipart_answer import MultipartAnswer
from steckel.dicomweb.numbers import natural
from steckel.dicomweb.refusals import BadRequest
from steckel.errors import NotFound
from steckel.retrieve.model import StoredInstance

#: Frames named in one address.
_MOST_FRAMES = 10_000


@dataclass(frozen=True, kw_only=True)
class FrameList:
    """The frames that a request is for."""

    instance: StoredInstance
    numbers: list[int]
    service: str  #: absolute address of the DICOMweb root

    def location(self, number: int) -> str:
        """Return the address of one of them."""
        instance = self.instance
        path = resource_path(instance.study_uid, instance.series_uid, instance.sop_instance_uid)
        return f"{self.service}{path}/frames/{number}"

    def etag(self, form: FrameForm) -> str:
        """Name them in one form."""
        listed = blake2b(repr(self.numbers).encode(), digest_size=8).hexdigest()
        return etag_of(self.instance, f"{listed}-{form.syntax}-{form.essence}")

    def etag_alone(self, form: FrameForm, length: int) -> str:
        """Name one of them as it is sent alone.

        Another version of an encoder may write other bytes: ranges of both must not mix.
        """
        if not form.second:
            return self.etag(form)
        return f'{self.etag(form)[:-1]}-{length:x}"'

    def head(self, answer: MultipartAnswer, form: FrameForm, number: int, length: int) -> bytes:
        """Return what stands before one of them in an answer of parts."""
        return answer.head(form.content_type, length, self.location(number))

    def headers(self, answer: MultipartAnswer, form: FrameForm) -> dict[str, str]:
        """Return the headers of an answer of parts."""
        # Weak: the boundary is another each time.
        etag = f"W/{self.etag(form)}"
        return KEPT | {"Content-Type": answer.content_type, "ETag": etag}


def frame_numbers(text: str) -> list[int]:
    """Read a list of frame numbers, from 1.

    Raises
    ------
    BadRequest
        It is no such list.
    """
    parts = text.split(",")
    if len(parts) > _MOST_FRAMES:
        raise BadRequest(f"one request is for at most {_MOST_FRAMES} frames")
    numbers = [number for part in parts if (number := natural(part))]
    if len(numbers) < len(parts):
        raise BadRequest("frames are listed by their numbers, from 1")
    return numbers


def check_frames(instance: StoredInstance, numbers: list[int]) -> None:
    """Make sure that the frames exist, as far as the index knows.

    Raises
    ------
    NotFound
        They do not.
    """
    table = instance.frames
    if table is None:
        if assume(instance.transfer_syntax).deflated:
            return  # what is deflated was not looked into
        raise NotFound("the instance has no pixel data")
    if table.count and max(numbers) > table.count:
        raise NotFound(f"the instance has {table.count} frames")
