"""The services of this application entity, as data (PS3.4).

What an abstract syntax is good for decides how its presentation context is
answered and which operations it takes. Whatever is none of our other services,
nor a service of the standard that we lack, is taken for storage.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from typing import Final

from steckel.dicom.tables import UIDS
from steckel.dicom.transfer_syntax import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    TRANSFER_SYNTAXES,
)
from steckel.dicom.uids import VERIFICATION, is_valid_uid
from steckel.dimse.wire.command import Operation
from steckel.query.model import Level
from steckel.upperlayer.negotiation import Support

PATIENT_ROOT: Final = (Level.PATIENT, Level.STUDY, Level.SERIES, Level.IMAGE)
STUDY_ROOT: Final = (Level.STUDY, Level.SERIES, Level.IMAGE)
#: Retired; old workstations still ask in it.
PATIENT_STUDY_ONLY: Final = (Level.PATIENT, Level.STUDY)

PATIENT_ROOT_FIND: Final = "1.2.840.10008.5.1.4.1.2.1.1"
PATIENT_ROOT_MOVE: Final = "1.2.840.10008.5.1.4.1.2.1.2"
PATIENT_ROOT_GET: Final = "1.2.840.10008.5.1.4.1.2.1.3"
STUDY_ROOT_FIND: Final = "1.2.840.10008.5.1.4.1.2.2.1"
STUDY_ROOT_MOVE: Final = "1.2.840.10008.5.1.4.1.2.2.2"
STUDY_ROOT_GET: Final = "1.2.840.10008.5.1.4.1.2.2.3"
PATIENT_STUDY_ONLY_FIND: Final = "1.2.840.10008.5.1.4.1.2.3.1"
PATIENT_STUDY_ONLY_MOVE: Final = "1.2.840.10008.5.1.4.1.2.3.2"
PATIENT_STUDY_ONLY_GET: Final = "1.2.840.10008.5.1.4.1.2.3.3"
MODALITY_WORKLIST_FIND: Final = "1.2.840.10008.5.1.4.31"
PERFORMED_PROCEDURE_STEP: Final = "1.2.840.10008.3.1.2.3.3"
PERFORMED_PROCEDURE_STEP_RETRIEVE: Final = "1.2.840.10008.3.1.2.3.4"
STORAGE_COMMITMENT: Final = "1.2.840.10008.1.20.1"
#: The one instance of Storage Commitment Push Model (PS3.4 J.3.5).
STORAGE_COMMITMENT_INSTANCE: Final = "1.2.840.10008.1.20.1.1"


class ServiceClass(Enum):
    """Service classes of PS3.4: which door a request is for."""

    VERIFICATION = "A"
    STORAGE = "B"
    QUERY_RETRIEVE = "C"
    PROCEDURE_STEP = "F"
    STORAGE_COMMITMENT = "J"
    WORKLIST = "K"


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """What one SOP class lets a peer do."""

    kind: ServiceClass
    operations: tuple[Operation, ...]
    levels: tuple[Level, ...] = ()  #: of the information model, from the top


def _query(operation: Operation, levels: tuple[Level, ...]) -> Service:
    return Service(kind=ServiceClass.QUERY_RETRIEVE, operations=(operation,), levels=levels)


SERVICES: Final[dict[str, Service]] = {
    VERIFICATION: Service(kind=ServiceClass.VERIFICATION, operations=(Operation.C_ECHO,)),
    PATIENT_ROOT_FIND: _query(Operation.C_FIND, PATIENT_ROOT),
    PATIENT_ROOT_MOVE: _query(Operation.C_MOVE, PATIENT_ROOT),
    PATIENT_ROOT_GET: _query(Operation.C_GET, PATIENT_ROOT),
    STUDY_ROOT_FIND: _query(Operation.C_FIND, STUDY_ROOT),
    STUDY_ROOT_MOVE: _query(Operation.C_MOVE, STUDY_ROOT),
    STUDY_ROOT_GET: _query(Operation.C_GET, STUDY_ROOT),
    PATIENT_STUDY_ONLY_FIND: _query(Operation.C_FIND, PATIENT_STUDY_ONLY),
    PATIENT_STUDY_ONLY_MOVE: _query(Operation.C_MOVE, PATIENT_STUDY_ONLY),
    PATIENT_STUDY_ONLY_GET: _query(Operation.C_GET, PATIENT_STUDY_ONLY),
    MODALITY_WORKLIST_FIND: Service(kind=ServiceClass.WORKLIST, operations=(Operation.C_FIND,)),
    PERFORMED_PROCEDURE_STEP: Service(
        kind=ServiceClass.PROCEDURE_STEP, operations=(Operation.N_CREATE, Operation.N_SET)
    ),
    PERFORMED_PROCEDURE_STEP_RETRIEVE: Service(
        kind=ServiceClass.PROCEDURE_STEP, operations=(Operation.N_GET,)
    ),
    STORAGE_COMMITMENT: Service(
        kind=ServiceClass.STORAGE_COMMITMENT, operations=(Operation.N_ACTION,)
    ),
}
STORAGE: Final = Service(kind=ServiceClass.STORAGE, operations=(Operation.C_STORE,))

#: SOP classes with "Storage" in their names that are none of PS3.4 B.5 or GG.3.
_NOT_STORAGE = ("Storage Commitment", "Media Storage Directory")
_STANDARD = {uid: entry[0] for uid, entry in UIDS.items() if entry[1] != "Transfer Syntax"}

#: Newer than the dictionary: label map and height map segmentation, waveform presentation states.
_NEWER = {
    "1.2.840.10008.5.1.4.1.1.66.7",
    "1.2.840.10008.5.1.4.1.1.66.8",
    "1.2.840.10008.5.1.4.1.1.9.100.1",
    "1.2.840.10008.5.1.4.1.1.9.100.2",
}

#: Every storage SOP class of the standard, retired ones included.
STORAGE_SOP_CLASSES: Final = frozenset(_NEWER) | frozenset(
    uid
    for uid, name in _STANDARD.items()
    if "Storage" in name and not name.startswith(_NOT_STORAGE)
    if UIDS[uid][1] == "SOP Class"
)

#: Syntaxes in which we read and write identifiers.
_IDENTIFIER_SYNTAXES = frozenset(
    {EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN}
)

#: What the transcoder makes of anything that it can read, best first.
MAKES: Final = (
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
)
#: Video endoscopy, microscopy, photography: streams that nothing else can be made of.
_VIDEO = frozenset(f"1.2.840.10008.5.1.4.1.1.77.1.{one}.1" for one in (1, 2, 4))

#: Level 2, digital signatures preserved, no coercion (PS3.4 B.3.1.4): bytes are kept.
_STORAGE_INFORMATION = bytes((2, 0, 3, 0, 0, 0))

#: Of C-FIND (PS3.4 C.5.1.1): relational queries, combined date-time matching, fuzzy
#: matching of names yes, timezone adjustment no.
FIND_RELATIONAL, FIND_COMBINED, FIND_FUZZY = 0, 1, 2
_FIND_INFORMATION = bytes((1, 1, 1, 0))
#: Of C-MOVE and C-GET (PS3.4 C.5.2.1, C.5.3.1): relational retrieval yes.
_RETRIEVE_INFORMATION = bytes((1,))


def service_of(abstract_syntax: str, *, accept_unknown_storage: bool) -> Service | None:
    """Return the service behind an abstract syntax, or ``None``."""
    service = SERVICES.get(abstract_syntax)
    if service is not None or abstract_syntax in STORAGE_SOP_CLASSES:
        return service or STORAGE
    if not accept_unknown_storage or not abstract_syntax or abstract_syntax in _STANDARD:
        return None
    return STORAGE


def support_of(abstract_syntax: str, *, accept_unknown_storage: bool) -> Support | None:
    """Say how a presentation context is to be answered (for `negotiation.answer`)."""
    service = service_of(abstract_syntax, accept_unknown_storage=accept_unknown_storage)
    if service is None:
        return None
    support = _SUPPORT[service.operations[0]]
    if service is STORAGE:
        makes = () if abstract_syntax in _VIDEO else MAKES
        unlisted = _is_unheard_of if accept_unknown_storage else None
        return replace(support, makes=makes, takes_unlisted=unlisted)
    return support


def _is_unheard_of(transfer_syntax: str) -> bool:
    """Whether this is a UID of a private transfer syntax, or of one from the future.

    Such a data set is kept as it came and sent to those who know its syntax;
    its header is Explicit VR Little Endian (PS3.5 10), or it is refused.
    """
    return is_valid_uid(transfer_syntax) and transfer_syntax not in UIDS


def _wish(ours: bytes, theirs: bytes) -> bytes:
    """Grant what is wished for and can be had; fields that they left out stay out."""
    return bytes(mine & wanted for mine, wanted in zip(ours, theirs, strict=False))


def _state(ours: bytes, _: bytes) -> bytes:
    """Say what we do, whatever they do."""
    return ours


def _identifiers(information: bytes | None = None) -> Support:
    answer = None if information is None else partial(_wish, information)
    return Support(transfer_syntaxes=_IDENTIFIER_SYNTAXES, extended=answer)


_STORED_SYNTAXES: AbstractSet[str] | Mapping[str, object] = frozenset(TRANSFER_SYNTAXES)

_SUPPORT: dict[Operation, Support] = {
    Operation.C_ECHO: _identifiers(),
    Operation.C_FIND: _identifiers(_FIND_INFORMATION),
    Operation.C_MOVE: _identifiers(_RETRIEVE_INFORMATION),
    Operation.C_GET: _identifiers(_RETRIEVE_INFORMATION),
    Operation.N_CREATE: _identifiers(),
    Operation.N_GET: _identifiers(),
    Operation.N_ACTION: _identifiers(),
    Operation.C_STORE: Support(
        transfer_syntaxes=_STORED_SYNTAXES,
        peer_may_be_scp=True,
        extended=partial(_state, _STORAGE_INFORMATION),
    ),
}
