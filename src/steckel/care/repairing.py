"""What can be done about a damaged instance: a good copy takes its place, or a person sees it.

Stands behind `care.verifying`. The rule: nothing is dropped. Bytes that are not
those that were archived go to quarantine, so that nobody takes them for good, and
so that the instance is taken again when it is sent again.
"""

from enum import StrEnum

import structlog
from sqlalchemy import Engine

from steckel.archive.layout import Layout
from steckel.archive.reader import Reader
from steckel.archive.sealed import SealedFiles
from steckel.archive.sums import digest_of
from steckel.care.deletion import Deletion
from steckel.care.verifying import Finding, Flaw
from steckel.errors import InputError, NotFound
from steckel.index.lookups import Lookups
from steckel.index.model import Known
from steckel.ingest.examine import examine
from steckel.ingest.model import Source, Way
from steckel.ingest.quarantine import QuarantineStore
from steckel.ingest.versions import Versions

_log = structlog.get_logger(__name__)


class Damaged(InputError):
    """The bytes in the archive are not those that were archived."""


class Repair(StrEnum):
    """What was done."""

    REPLACED = "replaced by a good copy"
    QUARANTINED = "taken out of the archive and put into quarantine"
    LEFT = "left as it is"


class Copies:
    """Another store of the same archive, with its own index: a backup."""

    def __init__(self, layout: Layout, engine: Engine) -> None:
        self._sealed = SealedFiles(layout)
        self._reader = Reader(layout, self._sealed)
        self._lookups = Lookups(engine)

    def good_copy(self, sop_instance_uid: str, digest: bytes) -> bytes | None:
        """Return the Part 10 file of an instance if its data set has this digest."""
        known = self._lookups.known(sop_instance_uid)
        if known is None:
            return None
        try:
            file = self._reader.read(known.location)
        except NotFound:
            return None
        good = digest_of(memoryview(file)[known.dataset_offset :]) == digest
        return file if good else None

    def close(self) -> None:
        """Let go of its files."""
        self._lookups.close()
        self._reader.close()
        self._sealed.close()


class Repairing:
    """Repairs what `Verification` found. The archive may be in use meanwhile."""

    def __init__(
        self,
        versions: Versions,
        reader: Reader,
        engine: Engine,
        quarantine: QuarantineStore,
        copies: Copies | None,
    ) -> None:
        self._versions = versions
        self._reader = reader
        self._engine = engine
        self._quarantine = quarantine
        self._copies = copies
        self._lookups = Lookups(engine)
        self._deletion = Deletion(engine)

    def repair(self, finding: Finding) -> Repair:
        """Repair an instance that is damaged or missing.

        Raises
        ------
        OutOfSpace, StorageFailure
            There is no room for the good copy, or none in quarantine.
        """
        known = self._lookups.known(finding.sop_instance_uid)
        if known is None:
            return Repair.LEFT  # deleted meanwhile
        copy = self._good_copy(finding, known)
        if copy is not None:
            good = examine(memoryview(copy))
            if not self._versions.replace(known, good, "verify:repair"):
                return Repair.LEFT  # deleted meanwhile
            _log.info("instance_repaired", sop_instance_uid=good.sop_instance_uid)
            return Repair.REPLACED
        if finding.flaw is Flaw.DAMAGED:
            self._quarantine_instance(known, finding.sop_instance_uid)
            return Repair.QUARANTINED
        # A container that is not there may be on a disk that is not mounted.
        return Repair.LEFT

    def _good_copy(self, finding: Finding, known: Known) -> bytes | None:
        if finding.flaw is Flaw.HEADER:
            return self._reader.read(known.location)
        if self._copies is None:
            return None
        return self._copies.good_copy(finding.sop_instance_uid, known.digest)

    def _quarantine_instance(self, known: Known, sop_instance_uid: str) -> None:
        data = b"".join(self._reader.chunks(known.location))
        self._quarantine.keep(
            memoryview(data),
            Source(way=Way.IMPORT, name=f"{sop_instance_uid}.dcm"),
            Damaged("found damaged in the archive: its bytes are not those that were archived"),
            uids=(known.study_uid, sop_instance_uid),
        )
        self._deletion.delete_instance(known.study_uid, known.series_uid, sop_instance_uid)
        _log.warning("damaged_instance_quarantined", sop_instance_uid=sop_instance_uid)

    def close(self) -> None:
        """Give connections back."""
        self._lookups.close()
