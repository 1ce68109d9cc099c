"""Bytes to PDUs: the bodies of all but P-DATA-TF (PS3.8 9.3, PS3.7 D.3.3).

The rule: every length is checked against what is there, nothing is reserved by
a claimed length, and items of unknown type are skipped (PS3.8 9.3.1).
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from struct import unpack_from

from steckel.upperlayer.errors import AbortReason, RemoteProtocolError
from steckel.upperlayer.pdu import (
    Abort,
    AnsweredContext,
    AssociateAc,
    AssociateRj,
    AssociateRq,
    CommonExtendedNegotiation,
    ContextResult,
    ExtendedNegotiation,
    ItemType,
    Pdu,
    PduType,
    ProposedContext,
    RejectReason,
    ReleaseRp,
    ReleaseRq,
    RoleSelection,
    UserIdentity,
    UserInformation,
)

_FIXED_LENGTH = 68  #: bytes of A-ASSOCIATE-RQ and -AC before their items
_SHORT_LENGTH = 4  #: bytes of every other PDU than A-ASSOCIATE-RQ, -AC and P-DATA-TF


def decode_body(kind: int, body: bytes) -> Pdu:
    """Return the PDU of type `kind` with this body.

    Raises
    ------
    RemoteProtocolError
        The body is not one of that type.
    """
    if kind == PduType.A_ASSOCIATE_RQ:
        return _associate_rq(body)
    if kind == PduType.A_ASSOCIATE_AC:
        return _associate_ac(body)
    if len(body) != _SHORT_LENGTH:
        raise RemoteProtocolError(f"a PDU of type {kind} has {len(body)} bytes in place of 4")
    if kind == PduType.A_ASSOCIATE_RJ:
        return AssociateRj(result=body[1], reason=RejectReason(body[2], body[3]))
    if kind == PduType.A_RELEASE_RQ:
        return ReleaseRq()
    if kind == PduType.A_RELEASE_RP:
        return ReleaseRp()
    return Abort(source=body[2], reason=body[3])


def _associate_rq(body: bytes) -> AssociateRq:
    application, contexts, user = _variable_items(body, ItemType.PRESENTATION_CONTEXT_RQ)
    return AssociateRq(
        protocol_version=int.from_bytes(body[0:2], "big"),
        called_aet=_text(body[4:20]),
        calling_aet=_text(body[20:36]),
        reserved=body[36:68],
        application_context=application,
        contexts=tuple(_proposed(item) for item in contexts),
        user=user,
    )


def _associate_ac(body: bytes) -> AssociateAc:
    application, contexts, user = _variable_items(body, ItemType.PRESENTATION_CONTEXT_AC)
    return AssociateAc(
        protocol_version=int.from_bytes(body[0:2], "big"),
        called_aet=_text(body[4:20]),
        calling_aet=_text(body[20:36]),
        reserved=body[36:68],
        application_context=application,
        contexts=tuple(_answered(item) for item in contexts),
        user=user,
    )


def _variable_items(body: bytes, wanted: ItemType) -> tuple[str, list[bytes], UserInformation]:
    if len(body) < _FIXED_LENGTH:
        raise RemoteProtocolError("an A-ASSOCIATE PDU is too short")
    application = ""
    contexts: list[bytes] = []
    user = UserInformation()
    for kind, item in _items(body, _FIXED_LENGTH):
        if kind == ItemType.APPLICATION_CONTEXT:
            application = _text(item)
        elif kind == wanted:
            contexts.append(item)
        elif kind == ItemType.USER_INFORMATION:
            user = _user_information(item)
    _check_ids(contexts)
    return application, contexts, user


def _check_ids(contexts: list[bytes]) -> None:
    """Presentation context IDs are odd and differ (PS3.8 9.3.2.2)."""
    ids = [item[0] for item in contexts if len(item) >= 4]
    if len(ids) < len(contexts) or len(set(ids)) < len(ids) or any(not one & 1 for one in ids):
        raise RemoteProtocolError("presentation context IDs are not odd and different")


def _items(body: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    """Yield type and body of items that follow each other."""
    while position < len(body):
        if position + 4 > len(body):
            raise RemoteProtocolError("an item is cut off")
        kind, length = unpack_from(">BxH", body, position)
        position += 4
        if position + length > len(body):
            raise RemoteProtocolError("an item is longer than what holds it")
        yield kind, body[position : position + length]
        position += length


def _text(raw: bytes) -> str:
    """Read a UID, an AE title or a name; some peers pad them with NUL."""
    return raw.decode("latin-1").strip(" \0")


def _proposed(item: bytes) -> ProposedContext:
    abstract, syntaxes = "", []
    for kind, value in _items(item, 4):
        if kind == ItemType.ABSTRACT_SYNTAX:
            abstract = _text(value)
        elif kind == ItemType.TRANSFER_SYNTAX:
            syntaxes.append(_text(value))
    return ProposedContext(id=item[0], abstract_syntax=abstract, transfer_syntaxes=tuple(syntaxes))


def _answered(item: bytes) -> AnsweredContext:
    try:
        result = ContextResult(item[2])
    except ValueError:
        result = ContextResult.NO_REASON
    syntax = next((_text(v) for k, v in _items(item, 4) if k == ItemType.TRANSFER_SYNTAX), "")
    return AnsweredContext(id=item[0], result=result, transfer_syntax=syntax)


def _user_information(item: bytes) -> UserInformation:
    user = UserInformation()
    for kind, value in _items(item, 0):
        read = _USER_ITEMS.get(kind)
        if read is not None:
            user = read(user, value)
    return user


def _sized(value: bytes, position: int) -> tuple[bytes, int]:
    """Read a value with a 16-bit length before it."""
    if position + 2 > len(value):
        raise RemoteProtocolError("a sub-item is cut off")
    (length,) = unpack_from(">H", value, position)
    position += 2
    if position + length > len(value):
        raise RemoteProtocolError("a value is longer than its sub-item")
    return value[position : position + length], position + length


def _exactly(value: bytes, length: int) -> bytes:
    if len(value) != length:
        raise RemoteProtocolError(
            "a sub-item has a wrong length", AbortReason.INVALID_PDU_PARAMETER_VALUE
        )
    return value


def _max_length(user: UserInformation, value: bytes) -> UserInformation:
    return replace(user, max_length=int.from_bytes(_exactly(value, 4), "big"))


def _implementation_class(user: UserInformation, value: bytes) -> UserInformation:
    return replace(user, implementation_class_uid=_text(value))


def _implementation_version(user: UserInformation, value: bytes) -> UserInformation:
    return replace(user, implementation_version_name=_text(value))


def _asynchronous(user: UserInformation, value: bytes) -> UserInformation:
    invoked, performed = unpack_from(">HH", _exactly(value, 4))
    return replace(user, asynchronous=(invoked, performed))


def _role(user: UserInformation, value: bytes) -> UserInformation:
    uid, position = _sized(value, 0)
    flags = _exactly(value[position:], 2)
    role = RoleSelection(sop_class_uid=_text(uid), scu=bool(flags[0]), scp=bool(flags[1]))
    return replace(user, roles=(*user.roles, role))


def _extended(user: UserInformation, value: bytes) -> UserInformation:
    uid, position = _sized(value, 0)
    entry = ExtendedNegotiation(sop_class_uid=_text(uid), information=value[position:])
    return replace(user, extended=(*user.extended, entry))


def _common_extended(user: UserInformation, value: bytes) -> UserInformation:
    uid, position = _sized(value, 0)
    service, position = _sized(value, position)
    listed, _ = _sized(value, position)
    related, position = [], 0
    while position < len(listed):
        one, position = _sized(listed, position)
        related.append(_text(one))
    entry = CommonExtendedNegotiation(
        sop_class_uid=_text(uid), service_class_uid=_text(service), related=tuple(related)
    )
    return replace(user, common_extended=(*user.common_extended, entry))


def _identity(user: UserInformation, value: bytes) -> UserInformation:
    if len(value) < 2:
        raise RemoteProtocolError("a user identity is cut off")
    primary, position = _sized(value, 2)
    secondary, _ = _sized(value, position)
    identity = UserIdentity(
        kind=value[0], response_requested=bool(value[1]), primary=primary, secondary=secondary
    )
    return replace(user, identity=identity)


def _identity_response(user: UserInformation, value: bytes) -> UserInformation:
    return replace(user, identity_response=_sized(value, 0)[0])


_USER_ITEMS: dict[int, Callable[[UserInformation, bytes], UserInformation]] = {
    ItemType.MAXIMUM_LENGTH: _max_length,
    ItemType.IMPLEMENTATION_CLASS_UID: _implementation_class,
    ItemType.ASYNCHRONOUS_OPERATIONS_WINDOW: _asynchronous,
    ItemType.ROLE_SELECTION: _role,
    ItemType.IMPLEMENTATION_VERSION_NAME: _implementation_version,
    ItemType.EXTENDED_NEGOTIATION: _extended,
    ItemType.COMMON_EXTENDED_NEGOTIATION: _common_extended,
    ItemType.USER_IDENTITY_RQ: _identity,
    ItemType.USER_IDENTITY_AC: _identity_response,
}
