"""Names of FHIR R4 and of terminologies, and how identifiers are spelled."""

import re
from typing import Any, Final

BASE: Final = "/fhir"
#: The Endpoint by which studies are retrieved.
WADO: Final = "dicom-wado-rs"
DICOM_UIDS: Final = "urn:dicom:uid"
DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"
LOINC: Final = "http://loinc.org"
SERVICES: Final = "http://terminology.hl7.org/CodeSystem/v2-0074"
_IDENTIFIER_TYPES: Final = "http://terminology.hl7.org/CodeSystem/v2-0203"
_OID: Final = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+\Z")
#: Of those who name no authority by an OID (RFC 8141 would want a registered name space).
_ISSUER: Final = "urn:steckel:issuer:"

Json = dict[str, Any]


def pruned(resource: Json) -> Json:
    """Leave out what has no value: FHIR knows no empty elements (R4 2.6.2)."""
    return {name: value for name, value in resource.items() if value not in (None, "", [], {})}


def uid_identifier(uid: str) -> Json:
    """Spell a DICOM UID (R4 ImagingStudy, 8.14.4)."""
    return {"system": DICOM_UIDS, "value": f"urn:oid:{uid}"}


def identifier(kind: str, value: str, system: str = "") -> Json:
    """Spell an identifier with its type of HL7 table 0203."""
    coding = {"system": _IDENTIFIER_TYPES, "code": kind}
    return pruned({"type": {"coding": [coding]}, "system": system, "value": value})


def kind_of(found: Json) -> str:
    """Return the type of HL7 table 0203 that an identifier has."""
    codings = (found.get("type") or {}).get("coding") or []
    return next((str(one["code"]) for one in codings if one.get("code")), "")


def system_of(issuer: str) -> str:
    """Spell who issued a patient's identifier; empty where nobody is named."""
    if not issuer:
        return ""
    if ":" in issuer:
        return issuer
    for part in issuer.split("&"):
        if _OID.match(part):
            return f"urn:oid:{part}"
    return _ISSUER + issuer


def concept(system: str, code: str, display: str = "", text: str = "") -> Json:
    """Spell a coded concept."""
    coding = pruned({"system": system, "code": code, "display": display})
    return pruned({"coding": [coding] if code else [], "text": text})


def reference(kind: str, key: str | None) -> Json | None:
    """Spell a reference to another resource of this server."""
    return {"reference": f"{kind}/{key}"} if key else None
