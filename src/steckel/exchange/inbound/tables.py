"""Codes and places of fields that hold unless a profile says otherwise.

Keys of `TABLES` are upper case. `FIELDS` names places in the order in which they are asked; the
first that has a value counts.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from steckel.ris.model import AppointmentStatus, OrderStatus, ReportStatus

#: HL7 table 0074 and what else stands in OBR-24, to Modality (PS3.3 C.7.3.1.1.1).
_MODALITY: Final = {
    "NMR": "MR", "MRI": "MR", "IRM": "MR", "NMS": "NM", "RUS": "US", "CUS": "US", "OUS": "US",
    "VUS": "US", "ECHO": "US", "RX": "DX", "RAD": "DX", "XR": "DX", "XRC": "XA", "SCAN": "CT",
    "TDM": "CT", "CTH": "CT", "MAMMO": "MG", "PET": "PT", "EC": "ECG", "EN": "EEG",
    "RTH": "RTIMAGE",
}  # fmt: skip

#: HL7 table 0001 to Patient's Sex (0010,0040).
_SEX: Final = {"M": "M", "F": "F", "O": "O", "A": "O", "N": "O", "U": "", "1": "M", "2": "F"}

#: HL7 tables 0485 and 0027 to Requested Procedure Priority (0040,1003).
_PRIORITY: Final = {
    "S": "STAT", "STAT": "STAT", "A": "HIGH", "ASAP": "HIGH", "P": "HIGH", "C": "HIGH",
    "CR": "HIGH", "UR": "HIGH", "U": "HIGH", "R": "ROUTINE", "RR": "ROUTINE",
    "ROUTINE": "ROUTINE", "T": "MEDIUM", "PRN": "LOW", "HIGH": "HIGH", "LOW": "LOW",
    "MEDIUM": "MEDIUM",
}  # fmt: skip

_CANCELLED, _DISCONTINUED = OrderStatus.CANCELLED.value, OrderStatus.DISCONTINUED.value
_HOLD, _SCHEDULED = OrderStatus.ON_HOLD.value, OrderStatus.SCHEDULED.value
_DONE, _RUNNING = OrderStatus.COMPLETED.value, OrderStatus.IN_PROGRESS.value

#: ORC-1 and ORC-5 (tables 0119 and 0038) to the status of an order. Asked in this order: the
#: pair, the control code with any status, any control code with the status. Empty: not said.
_STATUS: Final = {
    "CA_*": _CANCELLED, "OC_*": _CANCELLED, "CR_*": _CANCELLED, "RP_*": _CANCELLED,
    "RU_*": _CANCELLED, "RQ_*": _CANCELLED,
    "DC_*": _DISCONTINUED, "OD_*": _DISCONTINUED, "DR_*": _DISCONTINUED,
    "HD_*": _HOLD, "OH_*": _HOLD, "HR_*": _HOLD,
    "RL_*": _SCHEDULED, "OE_*": _SCHEDULED, "OR_*": _SCHEDULED,
    "NW_": _SCHEDULED, "NW_IP": _SCHEDULED, "XO_IP": _SCHEDULED, "SN_": _SCHEDULED,
    "NA_": _SCHEDULED, "RO_": _SCHEDULED, "CH_": _SCHEDULED,
    "PA_*": "", "UA_*": "", "UC_*": "", "UD_*": "", "UH_*": "", "UR_*": "", "UX_*": "",
    "DE_*": "", "DF_*": "", "LI_*": "", "UN_*": "", "AF_*": "", "FU_*": "", "PR_*": "",
    "*_CM": _DONE, "*_A": _DONE, "*_SC": _SCHEDULED, "*_IP": _RUNNING, "*_HD": _HOLD,
    "*_CA": _CANCELLED, "*_DC": _DISCONTINUED, "*_RP": _CANCELLED,
    "*_AR": OrderStatus.ARRIVED.value, "*_ER": "", "*_": "",
}  # fmt: skip

_PRELIMINARY, _FINAL = ReportStatus.PRELIMINARY.value, ReportStatus.FINAL.value
_CORRECTED, _AWAITED = ReportStatus.CORRECTED.value, ReportStatus.REGISTERED.value

#: HL7 tables 0123 (OBR-25) and 0085 (OBX-11) to the status of a report.
_RESULT: Final = {
    "F": _FINAL, "U": _FINAL, "P": _PRELIMINARY, "R": _PRELIMINARY, "A": _PRELIMINARY,
    "B": _PRELIMINARY, "C": _CORRECTED, "X": ReportStatus.CANCELLED.value,
    "D": ReportStatus.CANCELLED.value, "W": ReportStatus.ERROR.value,
    "O": _AWAITED, "S": _AWAITED, "I": _AWAITED,
}  # fmt: skip

#: HL7 tables 0271 (TXA-17) and 0273 (TXA-19) to the status of a report.
_DOCUMENT: Final = {
    "AU": _FINAL, "LA": _FINAL, "PA": _PRELIMINARY, "DI": _PRELIMINARY, "DO": _PRELIMINARY,
    "IN": _PRELIMINARY, "IP": _PRELIMINARY, "CA": ReportStatus.CANCELLED.value,
    "OB": ReportStatus.ERROR.value, "AV": "", "UN": "",
}  # fmt: skip

#: HL7 table 0278 (SCH-25) to the status of an appointment.
_APPOINTMENT: Final = {
    "PENDING": AppointmentStatus.BOOKED.value, "BOOKED": AppointmentStatus.BOOKED.value,
    "OVERBOOK": AppointmentStatus.BOOKED.value, "WAITLIST": AppointmentStatus.BOOKED.value,
    "ARRIVED": AppointmentStatus.ARRIVED.value, "STARTED": AppointmentStatus.ARRIVED.value,
    "COMPLETE": AppointmentStatus.FULFILLED.value,
    "CANCELLED": AppointmentStatus.CANCELLED.value,
    "CANCELED": AppointmentStatus.CANCELLED.value, "DC": AppointmentStatus.CANCELLED.value,
    "DELETED": AppointmentStatus.CANCELLED.value, "NOSHOW": AppointmentStatus.NO_SHOW.value,
}  # fmt: skip

#: HL7 table 0396, OIDs, and names of profiles, to coding scheme designators (PS3.16 8).
_SCHEME: Final = {
    "LOINC": "LN", "SNM3": "SRT", "SNM": "SRT", "SNOMED": "SCT",
    "SNOMED-CT": "SCT", "SNOMED CT": "SCT", "RADLEX": "RADLEX", "ICD-10": "I10",
    "2.16.840.1.113883.6.1": "LN", "2.16.840.1.113883.6.96": "SCT",
    "1.2.840.10008.2.16.4": "DCM", "2.16.840.1.113883.6.256": "RADLEX",
    "TLR_OBR_PROCEDURE": "99TLR_PROCEDURE", "TLR_TYPE_ORGANISATION": "99TLR_ORG",
    "TLR_OBSERVATION": "99TLR_OBS",
}  # fmt: skip

#: By name, as a profile calls them. `issuer` renames assigning authorities,
#: `scheme` coding systems.
TABLES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "modality": _MODALITY,
        "sex": _SEX,
        "priority": _PRIORITY,
        "order-status": _STATUS,
        "result-status": _RESULT,
        "document-status": _DOCUMENT,
        "appointment-status": _APPOINTMENT,
        "scheme": _SCHEME,
        "issuer": {},
    }
)

#: Where the values of an order are.
FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "placer": "ORC-2|OBR-2",
        "filler": "ORC-3|OBR-3",
        "accession": "IPC-1|OBR-18",
        "procedure-id": "IPC-2|OBR-19",
        "study-uid": "IPC-3|ZDS-1",
        "step-id": "IPC-4|OBR-20",
        "modality": "IPC-5|OBR-24",
        "protocol": "IPC-6|OBR-4.4",
        "procedure": "OBR-4.1",
        "start": "TQ1-7|ORC-7.4|OBR-27.4|OBR-36",
        "end": "TQ1-8|ORC-7.5|OBR-27.5",
        "priority": "TQ1-9|ORC-7.6|OBR-27.6|OBR-5",
        "station-name": "IPC-7.1|IPC-7.2",
        "station-title": "IPC-9|ORC-18|OBR-21",
        "location": "IPC-8.1|IPC-8.2",
        "performing-physician": "OBR-34",
        "requesting-physician": "ORC-12|OBR-16",
        "referring-physician": "PV1-8",
        "reason": "OBR-31|ORC-16",
        "admission": "PV1-19|PID-18",
        "order-moment": "ORC-9|OBR-22|EVN-2|MSH-7",
        "result-moment": "OBR-22|EVN-2|MSH-7",
        "moment": "EVN-2|MSH-7",
        "report-key": "OBR-3|ORC-3|OBR-2|ORC-2|OBR-18",
    }
)
