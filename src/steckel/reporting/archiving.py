"""Reports become documents of their studies, through the one way into the archive.

The rule: what is archived is known by its UID, which follows from the report; so a version whose
document is there is noted and not made again, wherever a process ended before.
"""

from itertools import groupby
from operator import attrgetter

import structlog

from steckel.dicom.encode import encode_dataset
from steckel.dicom.part10 import make_start
from steckel.dicom.transfer_syntax import EXPLICIT_VR_LITTLE_ENDIAN
from steckel.errors import InputError
from steckel.index.lookups import Lookups
from steckel.ingest.model import Arrival, Receiver, Refusal, Source, Way
from steckel.reporting.documents import documents_of
from steckel.reporting.model import Document, Target
from steckel.ris.report_documents import Placing, ReportDocuments, ReportVersion

_log = structlog.get_logger(__name__)

_SOURCE = Source(way=Way.HL7, name="HL7")


class ReportArchiving:
    """Puts reports into their studies, in rounds. Not thread-safe; one in an installation."""

    def __init__(
        self,
        documents: ReportDocuments,
        receiver: Receiver,
        lookups: Lookups,
        organization: str,
    ) -> None:
        self._documents = documents
        self._receiver = receiver
        self._lookups = lookups
        self._organization = organization
        self._refused: set[Placing] = set()

    def run(self) -> int:
        """Archive what waits; return how many documents were made.

        Raises
        ------
        StorageFailure
            The index failed.
        """
        return self._of_new_studies() + self._waiting()

    def _waiting(self) -> int:
        made, after = 0, 0
        while True:
            found, following = self._documents.waiting(after)
            for version_pk, placings in groupby(found, key=attrgetter("version_pk")):
                made += self._place_all(version_pk, list(placings), are_all=True)
            if following is None:
                return made
            after = following

    def _of_new_studies(self) -> int:
        since, until = self._documents.seen(), self._documents.latest_change()
        if since == until:
            return 0
        made = 0
        found = self._documents.of_new_studies(since, until)
        for version_pk, placings in groupby(found, key=attrgetter("version_pk")):
            made += self._place_all(version_pk, list(placings), are_all=False)
        self._documents.keep_seen(until)
        return made

    def _place_all(self, version_pk: int, placings: list[Placing], *, are_all: bool) -> int:
        """Have one version in studies; return how many documents were made.

        `are_all`: these are all studies that it belongs to.
        """
        version = self._documents.version(version_pk)
        if version is None:
            return 0
        have = self._documents.noted(version_pk)
        made = 0
        archived: dict[str, str] = {}
        for placing in placings:
            if placing in self._refused or placing.study_uid in have:
                continue
            added, uid = self._place(version, placing)
            made += added
            archived |= {placing.study_uid: uid} if uid else {}
        left = {placing.study_uid for placing in placings} - have - archived.keys()
        self._documents.note(version_pk, archived, is_whole=are_all and not left)
        return made

    def _place(self, version: ReportVersion, placing: Placing) -> tuple[int, str]:
        """Return how many documents were made, and the UID of the first that is there."""
        study = self._documents.study(placing.study_uid)
        if study is None:
            return 0, ""
        target = Target(study_uid=placing.study_uid, dataset=study, organization=self._organization)
        wanted = documents_of(version, target)
        missing = [one for one in wanted if not self._lookups.is_known(one.sop_instance_uid)]
        if missing and not self._archive(missing, placing, version.report_id):
            self._refused.add(placing)
            return 0, ""
        return len(missing), wanted[0].sop_instance_uid

    def _archive(self, made: list[Document], placing: Placing, report: str) -> bool:
        answers = self._receiver.receive([self._arrival(one) for one in made])
        refusals = [answer for answer in answers if isinstance(answer, Refusal)]
        for refusal in refusals:
            _log.error(
                "report_not_archived",
                report=report,
                study_uid=placing.study_uid,
                error=type(refusal.error).__name__,
                reason=str(refusal.error),
            )
            if not isinstance(refusal.error, InputError):
                raise refusal.error  # it passes: the next round tries again
        if not refusals:
            _log.info("report_archived", report=report, study_uid=placing.study_uid)
        return not refusals

    def _arrival(self, made: Document) -> Arrival:
        head, start = make_start(
            sop_class_uid=made.sop_class_uid,
            sop_instance_uid=made.sop_instance_uid,
            transfer_syntax=EXPLICIT_VR_LITTLE_ENDIAN,
        )
        draft = self._receiver.draft()
        draft.write(head)
        draft.write(encode_dataset(made.dataset, EXPLICIT_VR_LITTLE_ENDIAN))
        return Arrival(draft=draft, source=_SOURCE, start=start)
