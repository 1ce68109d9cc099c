"""Who sent a study, from the file meta information of its first instance."""

from steckel.dicom import tags
from steckel.dicom.part10 import read_start
from steckel.dicom.uids import StudyUid
from steckel.errors import SteckelError
from steckel.retrieve.engine import RetrieveEngine
from steckel.retrieve.model import Selection

#: Bytes of the data set that show that there is one behind the meta information.
_FIRST_ELEMENT = 64


class StudySources:
    """Says which application entity sent a study, from its first instance's file."""

    def __init__(self, retriever: RetrieveEngine) -> None:
        self._retriever = retriever

    def __call__(self, study_uid: str) -> str:
        """Return Source Application Entity Title (PS3.10 7.1); empty where nobody knows."""
        selection = Selection(study_uids=(StudyUid(study_uid),))
        found = next(iter(self._retriever.select(selection)), None)
        if found is None:
            return ""
        try:
            head = self._retriever.read(found, 0, found.dataset_offset + _FIRST_ELEMENT)
            return read_start(head).meta.get(tags.SOURCE_APPLICATION_ENTITY_TITLE, "")
        except SteckelError:
            return ""
