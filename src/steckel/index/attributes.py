"""Which attributes the index keeps at each level, beyond what it counts itself.

They are returned by queries and can be matched; the commonest have columns of
their own (`schema`). From PS3.4 C.6.1 and C.6.2, PS3.18 10.6, and what
worklists of viewers ask for.
"""

from typing import Final

from steckel.dicom import tags

PATIENT: Final = (
    tags.PATIENT_NAME,
    tags.PATIENT_ID,
    tags.ISSUER_OF_PATIENT_ID,
    0x00100024,  # Issuer of Patient ID Qualifiers Sequence
    tags.PATIENT_BIRTH_DATE,
    tags.PATIENT_BIRTH_TIME,
    tags.PATIENT_SEX,
    tags.OTHER_PATIENT_IDS,
    0x00101001,  # Other Patient Names
    0x00101002,  # Other Patient IDs Sequence
    tags.ETHNIC_GROUP,
    0x00102201,  # Patient Species Description
    0x00102297,  # Responsible Person
    tags.PATIENT_COMMENTS,
)

STUDY: Final = (
    tags.STUDY_DATE,
    tags.STUDY_TIME,
    tags.ACCESSION_NUMBER,
    0x00080051,  # Issuer of Accession Number Sequence
    tags.TIMEZONE_OFFSET_FROM_UTC,
    tags.REFERRING_PHYSICIAN_NAME,
    tags.STUDY_DESCRIPTION,
    tags.PROCEDURE_CODE_SEQUENCE,
    0x00081048,  # Physician(s) of Record
    tags.NAME_OF_PHYSICIANS_READING_STUDY,
    0x00081080,  # Admitting Diagnoses Description
    tags.PATIENT_AGE,
    tags.PATIENT_SIZE,
    tags.PATIENT_WEIGHT,
    0x00102180,  # Occupation
    0x001021B0,  # Additional Patient History
    tags.STUDY_INSTANCE_UID,
    tags.STUDY_ID,
    0x00321030,  # Reason for Study
    0x00321032,  # Requesting Physician
    0x00380010,  # Admission ID
)

SERIES: Final = (
    tags.MODALITY,
    tags.SERIES_DATE,
    tags.SERIES_TIME,
    tags.MANUFACTURER,
    tags.INSTITUTION_NAME,
    tags.STATION_NAME,
    tags.SERIES_DESCRIPTION,
    tags.INSTITUTIONAL_DEPARTMENT_NAME,
    tags.PERFORMING_PHYSICIAN_NAME,
    0x00081070,  # Operators' Name
    0x00081090,  # Manufacturer's Model Name
    tags.BODY_PART_EXAMINED,
    0x00181000,  # Device Serial Number
    tags.PROTOCOL_NAME,
    0x00185100,  # Patient Position
    tags.SERIES_INSTANCE_UID,
    tags.SERIES_NUMBER,
    tags.FRAME_OF_REFERENCE_UID,
    tags.LATERALITY,
    tags.PERFORMED_PROCEDURE_STEP_START_DATE,
    tags.PERFORMED_PROCEDURE_STEP_START_TIME,
    0x00400253,  # Performed Procedure Step ID
    0x00400254,  # Performed Procedure Step Description
    tags.REQUEST_ATTRIBUTES_SEQUENCE,
)

IMAGE: Final = (
    tags.IMAGE_TYPE,
    0x00080012,  # Instance Creation Date
    0x00080013,  # Instance Creation Time
    tags.SOP_CLASS_UID,
    tags.SOP_INSTANCE_UID,
    tags.ACQUISITION_DATE,
    tags.CONTENT_DATE,
    0x0008002A,  # Acquisition DateTime
    0x00080032,  # Acquisition Time
    tags.CONTENT_TIME,
    tags.ACQUISITION_NUMBER,
    tags.INSTANCE_NUMBER,
    0x00200020,  # Patient Orientation
    0x00204000,  # Image Comments
    tags.NUMBER_OF_FRAMES,
    tags.ROWS,
    tags.COLUMNS,
    tags.BITS_ALLOCATED,
    tags.CONCEPT_NAME_CODE_SEQUENCE,
    tags.COMPLETION_FLAG,
    tags.VERIFICATION_FLAG,
    0x0040A032,  # Observation DateTime
    tags.DOCUMENT_TITLE,
    tags.MIME_TYPE_OF_ENCAPSULATED_DOCUMENT,
    0x00700080,  # Content Label
    0x00700081,  # Content Description
    0x00700082,  # Presentation Creation Date
    0x00700083,  # Presentation Creation Time
    0x00700084,  # Content Creator's Name
)
