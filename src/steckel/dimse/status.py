"""From what went wrong to DIMSE status and Error Comment (PS3.7 C, PS3.4 B.2.3, C.4).

The only place where the tree of `steckel.errors` meets status codes.
"""

from enum import IntEnum

from steckel import errors
from steckel.dimse.wire.command import Operation


class Status(IntEnum):
    """Status codes that we send."""

    SUCCESS = 0x0000
    PENDING = 0xFF00
    PENDING_WITHOUT_OPTIONAL_KEYS = 0xFF01
    CANCEL = 0xFE00
    OPTIONAL_ATTRIBUTES_NOT_SUPPORTED = 0x0001
    INVALID_ATTRIBUTE_VALUE = 0x0106
    ATTRIBUTE_LIST_ERROR = 0x0107
    PROCESSING_FAILURE = 0x0110
    DUPLICATE_SOP_INSTANCE = 0x0111
    NO_SUCH_SOP_INSTANCE = 0x0112
    INVALID_ARGUMENT_VALUE = 0x0115
    INVALID_SOP_INSTANCE = 0x0117
    NO_SUCH_SOP_CLASS = 0x0118
    CLASS_INSTANCE_CONFLICT = 0x0119
    MISSING_ATTRIBUTE = 0x0120
    MISSING_ATTRIBUTE_VALUE = 0x0121
    SOP_CLASS_NOT_SUPPORTED = 0x0122
    NO_SUCH_ACTION = 0x0123
    NOT_AUTHORIZED = 0x0124
    DUPLICATE_TRANSACTION_UID = 0x0131
    UNRECOGNIZED_OPERATION = 0x0211
    RESOURCE_LIMITATION = 0x0213
    OUT_OF_RESOURCES = 0xA700
    UNABLE_TO_CALCULATE_MATCHES = 0xA701
    UNABLE_TO_PERFORM_SUBOPERATIONS = 0xA702
    MOVE_DESTINATION_UNKNOWN = 0xA801
    DOES_NOT_MATCH_SOP_CLASS = 0xA900
    SUBOPERATIONS_WITH_FAILURES = 0xB000
    COERCION_OF_DATA_ELEMENTS = 0xB000
    CANNOT_UNDERSTAND = 0xC000
    MISSING_IDENTITY = 0xC001
    UNSUPPORTED_TRANSFER_SYNTAX = 0xC002
    PATIENT_MISMATCH = 0xC003
    REFUSED_BY_POLICY = 0xC004
    TOO_LARGE = 0xC005


_OF_ERROR: dict[type[errors.SteckelError], Status] = {
    errors.SteckelError: Status.PROCESSING_FAILURE,
    errors.InputError: Status.CANNOT_UNDERSTAND,
    errors.MissingIdentity: Status.MISSING_IDENTITY,
    errors.UnsupportedTransferSyntax: Status.UNSUPPORTED_TRANSFER_SYNTAX,
    errors.IdentityMismatch: Status.DOES_NOT_MATCH_SOP_CLASS,
    errors.PatientMismatch: Status.PATIENT_MISMATCH,
    errors.RefusedByPolicy: Status.REFUSED_BY_POLICY,
    errors.TooLarge: Status.TOO_LARGE,
    errors.InvalidQuery: Status.DOES_NOT_MATCH_SOP_CLASS,
    errors.NotAllowed: Status.NOT_AUTHORIZED,
    errors.OutOfSpace: Status.OUT_OF_RESOURCES,
}

#: Query and retrieve know no "processing failure" of their own: unable to
#: process is C000 there (PS3.4 tables C.4-1, C.4-2, C.4-3).
_OF_QUERY_ERROR: dict[type[errors.SteckelError], Status] = {
    errors.SteckelError: Status.CANNOT_UNDERSTAND,
    errors.InvalidQuery: Status.DOES_NOT_MATCH_SOP_CLASS,
    errors.NotAllowed: Status.NOT_AUTHORIZED,
    errors.OutOfSpace: Status.OUT_OF_RESOURCES,
}

#: Of N-CREATE, N-SET, N-GET (PS3.7 10.1, PS3.4 F.7.2.2, F.8.2).
_OF_NORMALIZED_ERROR: dict[type[errors.SteckelError], Status] = {
    errors.SteckelError: Status.PROCESSING_FAILURE,
    errors.AlreadyThere: Status.DUPLICATE_SOP_INSTANCE,
    errors.InvalidAttribute: Status.INVALID_ATTRIBUTE_VALUE,
    errors.MissingAttribute: Status.MISSING_ATTRIBUTE,
    errors.MissingValue: Status.MISSING_ATTRIBUTE_VALUE,
    errors.NotFound: Status.NO_SUCH_SOP_INSTANCE,
    errors.NotAllowed: Status.NOT_AUTHORIZED,
    errors.TooLarge: Status.RESOURCE_LIMITATION,
    errors.OutOfSpace: Status.RESOURCE_LIMITATION,
}

#: N-ACTION has arguments in the place of attributes (PS3.7 10.1.4).
_OF_ACTION_ERROR: dict[type[errors.SteckelError], Status] = {
    **_OF_NORMALIZED_ERROR,
    errors.InputError: Status.INVALID_ARGUMENT_VALUE,
    errors.AlreadyThere: Status.DUPLICATE_TRANSACTION_UID,
    errors.InvalidAttribute: Status.INVALID_ARGUMENT_VALUE,
    errors.MissingAttribute: Status.INVALID_ARGUMENT_VALUE,
    errors.MissingValue: Status.INVALID_ARGUMENT_VALUE,
}

_TABLES: dict[int, dict[type[errors.SteckelError], Status]] = {
    Operation.C_STORE: _OF_ERROR,
    Operation.N_CREATE: _OF_NORMALIZED_ERROR,
    Operation.N_SET: _OF_NORMALIZED_ERROR,
    Operation.N_GET: _OF_NORMALIZED_ERROR,
    Operation.N_ACTION: _OF_ACTION_ERROR,
}

#: Error ID (0000,0903) of what may no longer be updated (PS3.4 table F.7.2-2).
NO_LONGER_UPDATABLE = 0xA710

#: (0000,0902) is LO: 64 characters of the default repertoire.
_COMMENT_LENGTH = 64


def status_of(error: errors.SteckelError, operation: int) -> Status:
    """Return the status that tells a peer of an error in one of its operations."""
    table = _TABLES.get(operation, _OF_QUERY_ERROR)
    return next(table[kind] for kind in type(error).__mro__ if kind in table)


def comment_of(error: errors.SteckelError) -> str:
    """Return an Error Comment: the error's message, as far as the element takes it."""
    text = str(error) or type(error).__name__
    return text.encode("ascii", "replace").decode().replace("\\", "/")[:_COMMENT_LENGTH]


def error_id_of(error: errors.SteckelError) -> int | None:
    """Return the Error ID that goes with a status, where the standard has one."""
    return NO_LONGER_UPDATABLE if isinstance(error, errors.NotUpdatable) else None
