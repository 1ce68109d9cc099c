"""How each attribute of a worklist item is matched: the table between PS3.4 K.6-1 and `steps`.

What has a column is matched there; everything else that the table names, or that the modules
hold which it refers to, in the ready JSON of the item.
"""

from collections.abc import Mapping
from typing import Final

from steckel.dicom import tags
from steckel.query.attributes import Attribute, Matching
from steckel.ris.schema import steps

SCHEDULED_PROCEDURE_STEP_SEQUENCE: Final = 0x00400100
SCHEDULED_STATION_AE_TITLE: Final = 0x00400001
SCHEDULED_START_DATE: Final = 0x00400002
SCHEDULED_START_TIME: Final = 0x00400003
SCHEDULED_PERFORMING_PHYSICIAN_NAME: Final = 0x00400006
SCHEDULED_STEP_DESCRIPTION: Final = 0x00400007
SCHEDULED_STATION_NAME: Final = 0x00400010
SCHEDULED_STEP_LOCATION: Final = 0x00400011
SCHEDULED_STEP_STATUS: Final = 0x00400020
ADMISSION_ID: Final = 0x00380010
PREGNANCY_STATUS: Final = 0x001021C0

_TEXT, _NAME = Matching.TEXT, Matching.NAME
_c = steps.c

#: Keys of the item itself.
COLUMNS: Final[Mapping[int, Attribute]] = {
    tags.ACCESSION_NUMBER: Attribute(_TEXT, _c.accession),
    tags.PATIENT_NAME: Attribute(_NAME, _c.patient_name),
    tags.PATIENT_ID: Attribute(_TEXT, _c.patient_id),
    tags.PATIENT_BIRTH_DATE: Attribute(Matching.DATE, _c.patient_birth_date),
    tags.PATIENT_SEX: Attribute(_TEXT, _c.patient_sex),
    tags.STUDY_INSTANCE_UID: Attribute(Matching.UID, _c.study_uid),
    ADMISSION_ID: Attribute(_TEXT, _c.admission_id),
    tags.REQUESTED_PROCEDURE_ID: Attribute(_TEXT, _c.procedure_id),
}
#: Keys of the item of Scheduled Procedure Step Sequence.
STEP_COLUMNS: Final[Mapping[int, Attribute]] = {
    tags.MODALITY: Attribute(_TEXT, _c.modality),
    SCHEDULED_STATION_AE_TITLE: Attribute(Matching.SET, _c.aets),
    SCHEDULED_START_DATE: Attribute(Matching.DATE, _c.date),
    SCHEDULED_START_TIME: Attribute(Matching.TIME, _c.time),
    SCHEDULED_PERFORMING_PHYSICIAN_NAME: Attribute(_NAME, _c.physician),
    SCHEDULED_STEP_DESCRIPTION: Attribute(_TEXT, _c.description),
    tags.SCHEDULED_PROCEDURE_STEP_ID: Attribute(_TEXT, _c.step_id),
    SCHEDULED_STATION_NAME: Attribute(_TEXT, _c.station),
    SCHEDULED_STEP_LOCATION: Attribute(_TEXT, _c.location),
    SCHEDULED_STEP_STATUS: Attribute(_TEXT, _c.status),
}

#: Keys that leave few rows of the whole table, by an index.
NARROW: Final = frozenset(
    {
        tags.ACCESSION_NUMBER,
        tags.PATIENT_NAME,
        tags.PATIENT_ID,
        tags.STUDY_INSTANCE_UID,
        tags.REQUESTED_PROCEDURE_ID,
    }
)

#: Matched in the ready JSON. Requested procedure, imaging service request, visit, patient
#: (PS3.3 C.4.11, C.4.12, C.3, C.2).
HELD: Final = frozenset(
    {
        # Requested Procedure
        *(0x00080020, 0x00080030, 0x00081110, 0x00321060, 0x00321064, 0x00401002, 0x00401003),
        *(0x00401004, 0x00401005, 0x00401008, 0x00401009, 0x0040100A, 0x00401010, 0x00401011),
        *(0x00401400,),
        # Imaging Service Request
        *(0x00080051, 0x00080090, 0x00080096, 0x00321031, 0x00321032, 0x00321033, 0x00321034),
        *(0x00400026, 0x00400027, 0x00402001, 0x00402004, 0x00402005, 0x00402008, 0x00402009),
        *(0x00402010, 0x00402016, 0x00402017, 0x00402400),
        # Visit
        *(0x00080080, 0x00080081, 0x00080082, 0x00081080, 0x00081084, 0x00081120, 0x00380008),
        *(0x00380014, 0x00380016, 0x00380020, 0x00380021, 0x00380060, 0x00380062, 0x00380064),
        *(0x00380300, 0x00380400, 0x00384000, 0x00400010),
        # Patient
        *(0x00100021, 0x00100022, 0x00100024, 0x00100032, 0x00100101, 0x00101000, 0x00101001),
        *(0x00101002, 0x00101005, 0x00101010, 0x00101020, 0x00101030, 0x00101040, 0x00101060),
        *(0x00101080, 0x00102000, 0x00102110, 0x00102150, 0x00102152, 0x00102154, 0x00102160),
        *(0x00102180, 0x001021A0, 0x001021B0, 0x001021C0, 0x001021D0, 0x001021F0, 0x00102201),
        *(0x00102202, 0x00102203, 0x00104000, 0x00380050, 0x00380500, 0x00403001),
    }
)
#: The same, in the item of Scheduled Procedure Step Sequence (PS3.3 C.4.10).
HELD_IN_STEP: Final = frozenset(
    {
        *(0x0018990C, 0x0018990D, 0x00321070, 0x00400004, 0x00400005, 0x00400008, 0x0040000B),
        *(0x00400012, 0x00400400, 0x00400440, 0x00400500, 0x00400512, 0x22000005),
    }
)

#: What an item of the sequence has whether there is a value or not: types 1 and 2.
STEP_REQUIRED: Final = (
    tags.MODALITY,
    SCHEDULED_STATION_AE_TITLE,
    SCHEDULED_START_DATE,
    SCHEDULED_START_TIME,
    SCHEDULED_PERFORMING_PHYSICIAN_NAME,
    tags.SCHEDULED_PROCEDURE_STEP_ID,
    SCHEDULED_STATION_NAME,
    SCHEDULED_STEP_LOCATION,
)
