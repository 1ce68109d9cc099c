"""Command sets (PS3.7 6.3, 9.3, E.1): always Implicit VR Little Endian.

One class for all messages: which elements a message has is told by which of
the fields are set. Elements that we have no use for are skipped.
"""

from enum import IntEnum
from functools import lru_cache
from struct import Struct, pack, unpack_from
from typing import Any, NamedTuple

from steckel.errors import SteckelError


class MalformedCommand(SteckelError):
    """The peer sent what is no command set."""


class Operation(IntEnum):
    """Command Field (0000,0100) of requests; a response has `RESPONSE` set (PS3.7 E.1)."""

    C_STORE = 0x0001
    C_GET = 0x0010
    C_FIND = 0x0020
    C_MOVE = 0x0021
    C_ECHO = 0x0030
    N_EVENT_REPORT = 0x0100
    N_GET = 0x0110
    N_SET = 0x0120
    N_ACTION = 0x0130
    N_CREATE = 0x0140
    N_DELETE = 0x0150
    C_CANCEL = 0x0FFF


RESPONSE = 0x8000
NO_DATA_SET = 0x0101  #: Command Data Set Type (0000,0800)
_SOME_DATA_SET = 0x0001
MEDIUM = 0x0000  #: Priority (0000,0700)

_GROUP_LENGTH = 0x0000
_TAG = Struct("<HH")


class Command(NamedTuple):
    """A command set. ``None`` and empty text mean that an element is absent."""

    field: int
    affected_sop_class_uid: str = ""
    requested_sop_class_uid: str = ""
    message_id: int | None = None
    responded_to: int | None = None
    move_destination: str = ""
    priority: int | None = None
    has_dataset: bool = False
    status: int | None = None
    error_comment: str = ""
    affected_sop_instance_uid: str = ""
    remaining: int | None = None
    completed: int | None = None
    failed: int | None = None
    warning: int | None = None
    move_originator_aet: str = ""
    move_originator_message_id: int | None = None
    error_id: int | None = None
    requested_sop_instance_uid: str = ""
    event_type_id: int | None = None
    attributes: tuple[int, ...] = ()  #: tags: Attribute Identifier List
    action_type_id: int | None = None

    @property
    def is_response(self) -> bool:
        """Whether it answers a request."""
        return bool(self.field & RESPONSE) and self.field != Operation.C_CANCEL

    @property
    def sop_class_uid(self) -> str:
        """The SOP class that a request names, affected or requested."""
        return self.affected_sop_class_uid or self.requested_sop_class_uid

    @property
    def sop_instance_uid(self) -> str:
        """The SOP instance that a request names, affected or requested."""
        return self.affected_sop_instance_uid or self.requested_sop_instance_uid


#: Element number to (attribute, VR), in order of tags (PS3.7 table E.1-1).
_ELEMENTS: dict[int, tuple[str, str]] = {
    0x0002: ("affected_sop_class_uid", "UI"),
    0x0003: ("requested_sop_class_uid", "UI"),
    0x0100: ("field", "US"),
    0x0110: ("message_id", "US"),
    0x0120: ("responded_to", "US"),
    0x0600: ("move_destination", "AE"),
    0x0700: ("priority", "US"),
    0x0800: ("has_dataset", "US"),
    0x0900: ("status", "US"),
    0x0902: ("error_comment", "LO"),
    0x0903: ("error_id", "US"),
    0x1000: ("affected_sop_instance_uid", "UI"),
    0x1001: ("requested_sop_instance_uid", "UI"),
    0x1002: ("event_type_id", "US"),
    0x1005: ("attributes", "AT"),
    0x1008: ("action_type_id", "US"),
    0x1020: ("remaining", "US"),
    0x1021: ("completed", "US"),
    0x1022: ("failed", "US"),
    0x1023: ("warning", "US"),
    0x1030: ("move_originator_aet", "AE"),
    0x1031: ("move_originator_message_id", "US"),
}
_PADDING = {"UI": b"\0", "AE": b" ", "LO": b" "}


@lru_cache(maxsize=256)  # of a query, all answers but the last have the same
def encode_command(command: Command) -> bytes:
    """Return the bytes of a command set, its group length first."""
    body = b"".join(
        [
            _encode_element(number, vr, value)
            for number, (name, vr) in _ELEMENTS.items()
            if (value := getattr(command, name)) not in (None, "", ())
        ]
    )
    return pack("<HHII", 0, _GROUP_LENGTH, 4, len(body)) + body


def _encode_element(number: int, vr: str, value: Any) -> bytes:
    if isinstance(value, bool):
        value = _SOME_DATA_SET if value else NO_DATA_SET
    if vr == "US":
        return pack("<HHIH", 0, number, 2, value)
    if vr == "AT":
        halves = [half for tag in value for half in (tag >> 16, tag & 0xFFFF)]
        return pack(f"<HHI{len(halves)}H", 0, number, 2 * len(halves), *halves)
    raw = str(value).encode("ascii", "replace")
    raw += _PADDING[vr] * (len(raw) & 1)
    return pack("<HHI", 0, number, len(raw)) + raw


def decode_command(raw: bytes | bytearray | memoryview) -> Command:
    """Read a command set.

    Raises
    ------
    MalformedCommand
        The bytes are none.
    """
    found: dict[str, Any] = {}
    position = 0
    while position < len(raw):
        if position + 8 > len(raw):
            raise MalformedCommand("a command set ends inside an element")
        group, number, length = unpack_from("<HHI", raw, position)
        position += 8
        if group or position + length > len(raw):
            raise MalformedCommand("a command set has what is no element of group 0000")
        known = _ELEMENTS.get(number)
        if known is not None:
            found[known[0]] = _read_value(known[1], bytes(raw[position : position + length]))
        position += length
    if found.get("field") is None:
        raise MalformedCommand("a command set has no Command Field")
    kind = found.pop("has_dataset", NO_DATA_SET)
    return Command(**found, has_dataset=kind != NO_DATA_SET)


def _read_value(vr: str, raw: bytes) -> str | int | tuple[int, ...] | None:
    if vr == "US":
        return int.from_bytes(raw[:2], "little") if len(raw) >= 2 else None
    if vr == "AT":
        return tuple(group << 16 | element for group, element in _TAG.iter_unpack(_whole(raw)))
    return raw.decode("latin-1").strip(" \0")


def _whole(raw: bytes) -> bytes:
    """Return the bytes without those of a tag that is not whole."""
    return raw[: len(raw) - len(raw) % _TAG.size]
