"""PDUs to bytes (PS3.8 9.3, PS3.7 D.3.3)."""

from collections.abc import Iterator
from struct import Struct, pack

from steckel.upperlayer.errors import LocalProtocolError
from steckel.upperlayer.pdu import (
    Abort,
    AnsweredContext,
    AssociateAc,
    AssociateRj,
    AssociateRq,
    ItemType,
    Pdu,
    PduType,
    ProposedContext,
    ReleaseRq,
    UserIdentity,
    UserInformation,
)

#: PDU header, PDV item header (PS3.8 9.3.5.1, E.2): bytes before a fragment.
_P_DATA_TF = Struct(">BxIIBB")
FRAGMENT_OVERHEAD = 6  #: bytes of the PDV item header, which the maximum length includes
_COMMAND, _LAST = 0x01, 0x02


def encode_pdu(pdu: Pdu) -> bytes:
    """Return the bytes of a PDU other than P-DATA-TF.

    Raises
    ------
    LocalProtocolError
        A value does not fit its field.
    """
    match pdu:
        case AssociateRq():
            return _associate(PduType.A_ASSOCIATE_RQ, pdu, map(_proposed, pdu.contexts))
        case AssociateAc():
            return _associate(PduType.A_ASSOCIATE_AC, pdu, map(_answered, pdu.contexts))
        case AssociateRj():
            source, reason = pdu.reason
            return pack(">BxIxBBB", PduType.A_ASSOCIATE_RJ, 4, pdu.result, source, reason)
        case Abort():
            return pack(">BxIxxBB", PduType.A_ABORT, 4, pdu.source, pdu.reason)
    kind = PduType.A_RELEASE_RQ if isinstance(pdu, ReleaseRq) else PduType.A_RELEASE_RP
    return pack(">BxI4x", kind, 4)


def fragment_header(context_id: int, length: int, *, is_command: bool, is_last: bool) -> bytes:
    """Return what stands before a fragment that has a P-DATA-TF of its own."""
    control = is_command * _COMMAND | is_last * _LAST
    return _P_DATA_TF.pack(PduType.P_DATA_TF, length + 6, length + 2, context_id, control)


def _associate(kind: PduType, pdu: AssociateRq | AssociateAc, contexts: Iterator[bytes]) -> bytes:
    fixed = pack(
        ">Hxx16s16s32s",
        pdu.protocol_version,
        _title(pdu.called_aet),
        _title(pdu.calling_aet),
        pdu.reserved,
    )
    body = b"".join(
        (
            fixed,
            _item(ItemType.APPLICATION_CONTEXT, _text(pdu.application_context)),
            *contexts,
            _item(ItemType.USER_INFORMATION, b"".join(_user_items(pdu.user))),
        )
    )
    return pack(">BxI", kind, len(body)) + body


def _title(value: str) -> bytes:
    raw = _text(value)
    if len(raw) > 16:
        raise LocalProtocolError("an AE title has at most 16 characters")
    return raw.ljust(16)


def _text(value: str) -> bytes:
    # Latin-1, so that an AE title of an odd peer is repeated as it came.
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError as error:
        raise LocalProtocolError("AE titles, UIDs and names are ASCII") from error


def _item(kind: ItemType, body: bytes) -> bytes:
    if len(body) > 0xFFFF:
        raise LocalProtocolError(f"item {kind:#x} is longer than its length field allows")
    return pack(">BxH", kind, len(body)) + body


def _sized(value: bytes) -> bytes:
    if len(value) > 0xFFFF:
        raise LocalProtocolError("a value is longer than its length field allows")
    return pack(">H", len(value)) + value


def _proposed(context: ProposedContext) -> bytes:
    parts = [pack(">Bxxx", context.id)]
    parts.append(_item(ItemType.ABSTRACT_SYNTAX, _text(context.abstract_syntax)))
    parts += (_item(ItemType.TRANSFER_SYNTAX, _text(uid)) for uid in context.transfer_syntaxes)
    return _item(ItemType.PRESENTATION_CONTEXT_RQ, b"".join(parts))


def _answered(context: AnsweredContext) -> bytes:
    syntax = _item(ItemType.TRANSFER_SYNTAX, _text(context.transfer_syntax))
    head = pack(">BxBx", context.id, context.result)
    return _item(ItemType.PRESENTATION_CONTEXT_AC, head + syntax)


def _user_items(user: UserInformation) -> Iterator[bytes]:
    """Yield the sub-items in the order of their types' definition in PS3.7 D.3.3."""
    yield _item(ItemType.MAXIMUM_LENGTH, pack(">I", user.max_length))
    yield _item(ItemType.IMPLEMENTATION_CLASS_UID, _text(user.implementation_class_uid))
    if user.asynchronous is not None:
        yield _item(ItemType.ASYNCHRONOUS_OPERATIONS_WINDOW, pack(">HH", *user.asynchronous))
    for role in user.roles:
        flags = bytes((role.scu, role.scp))
        yield _item(ItemType.ROLE_SELECTION, _sized(_text(role.sop_class_uid)) + flags)
    if user.implementation_version_name:
        name = _text(user.implementation_version_name)
        yield _item(ItemType.IMPLEMENTATION_VERSION_NAME, name)
    for extended in user.extended:
        body = _sized(_text(extended.sop_class_uid)) + extended.information
        yield _item(ItemType.EXTENDED_NEGOTIATION, body)
    for common in user.common_extended:
        related = b"".join(_sized(_text(uid)) for uid in common.related)
        body = b"".join(
            (_sized(_text(common.sop_class_uid)), _sized(_text(common.service_class_uid)))
        )
        yield _item(ItemType.COMMON_EXTENDED_NEGOTIATION, body + _sized(related))
    if user.identity is not None:
        yield _item(ItemType.USER_IDENTITY_RQ, _identity(user.identity))
    if user.identity_response is not None:
        yield _item(ItemType.USER_IDENTITY_AC, _sized(user.identity_response))


def _identity(identity: UserIdentity) -> bytes:
    head = bytes((identity.kind, identity.response_requested))
    return head + _sized(identity.primary) + _sized(identity.secondary)
