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
    PROCESSING_FAILURE = 0x0110
    INVALID_SOP_INSTANCE = 0x0117
    SOP_CLASS_NOT_SUPPORTED = 0x0122
    NOT_AUTHORIZED = 0x0124
    UNRECOGNIZED_OPERATION = 0x0211
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

#: (0000,0902) is LO: 64 characters of the default repertoire.
_COMMENT_LENGTH = 64


def status_of(error: errors.SteckelError, operation: int) -> Status:
    """Return the status that tells a peer of an error in one of its operations."""
    table = _OF_ERROR if operation == Operation.C_STORE else _OF_QUERY_ERROR
    return next(table[kind] for kind in type(error).__mro__ if kind in table)


def comment_of(error: errors.SteckelError) -> str:
    """Return an Error Comment: the error's message, as far as the element takes it."""
    text = str(error) or type(error).__name__
    return text.encode("ascii", "replace").decode().replace("\\", "/")[:_COMMENT_LENGTH]
