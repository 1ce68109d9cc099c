"""The schema of PS3.15 A.5.1 as data, and what checks a message against it."""

import base64
import re
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import Element

TOKEN = re.compile(r"\S(?:.*\S)?|", re.DOTALL)
INTEGER = re.compile(r"[+-]?[0-9]+")
BOOLEAN = re.compile(r"true|false|0|1")
ANY = re.compile(r".*", re.DOTALL)


def one_of(*values: object) -> re.Pattern[str]:
    return re.compile("|".join(map(str, values)))


def upto(last: int) -> re.Pattern[str]:
    return one_of(*range(1, last + 1))


class Base64:
    def fullmatch(self, text: str) -> bool:
        base64.b64decode(text, validate=True)
        return True


class Moment:
    def fullmatch(self, text: str) -> bool:
        datetime.fromisoformat(text)
        return "T" in text


@dataclass
class Of:
    """An element: attributes (``?`` behind the name: optional), children in their order.

    A child's count is ``1``, ``?``, ``*`` or ``+``; one of ``a|b`` is a choice.
    """

    attributes: dict[str, object] = field(default_factory=dict)
    children: list[tuple[str, str]] = field(default_factory=list)
    text: object = None


CODED = {
    "csd-code": TOKEN,
    "codeSystemName": TOKEN,
    "displayName?": TOKEN,
    "originalText": TOKEN,
}
SCHEMA: dict[str, Of] = {
    "AuditMessage": Of(
        children=[
            ("EventIdentification", "1"),
            ("ActiveParticipant", "+"),
            ("AuditSourceIdentification", "1"),
            ("ParticipantObjectIdentification", "*"),
        ]
    ),
    "EventIdentification": Of(
        {
            "EventActionCode?": one_of(*"CRUDE"),
            "EventDateTime": Moment(),
            "EventOutcomeIndicator": one_of(0, 4, 8, 12),
        },
        [("EventID", "1"), ("EventTypeCode", "*"), ("EventOutcomeDescription", "?")],
    ),
    "EventID": Of(CODED),
    "EventTypeCode": Of(CODED),
    "EventOutcomeDescription": Of(text=ANY),
    "ActiveParticipant": Of(
        {
            "UserID": ANY,
            "AlternativeUserID?": ANY,
            "UserName?": ANY,
            "UserIsRequestor": BOOLEAN,
            "NetworkAccessPointID?": TOKEN,
            "NetworkAccessPointTypeCode?": upto(5),
        },
        [("RoleIDCode", "*"), ("MediaIdentifier", "?")],
    ),
    "RoleIDCode": Of(CODED),
    "AuditSourceIdentification": Of(
        {"AuditEnterpriseSiteID?": TOKEN, "AuditSourceID": TOKEN}, [("AuditSourceTypeCode", "*")]
    ),
    "AuditSourceTypeCode": Of({"csd-code": upto(9)}),
    "ParticipantObjectIdentification": Of(
        {
            "ParticipantObjectID": TOKEN,
            "ParticipantObjectTypeCode?": upto(4),
            "ParticipantObjectTypeCodeRole?": upto(26),
            "ParticipantObjectDataLifeCycle?": upto(15),
            "ParticipantObjectSensitivity?": TOKEN,
        },
        [
            ("ParticipantObjectIDTypeCode", "1"),
            ("ParticipantObjectName|ParticipantObjectQuery", "1"),
            ("ParticipantObjectDetail", "*"),
            ("ParticipantObjectDescription", "*"),
        ],
    ),
    "ParticipantObjectIDTypeCode": Of(CODED),
    "ParticipantObjectName": Of(text=TOKEN),
    "ParticipantObjectQuery": Of(text=Base64()),
    "ParticipantObjectDetail": Of({"type": TOKEN, "value": Base64()}),
    "ParticipantObjectDescription": Of(
        children=[("MPPS", "*"), ("Accession", "*"), ("SOPClass", "*")]
    ),
    "Accession": Of({"Number": TOKEN}),
    "SOPClass": Of({"UID?": TOKEN, "NumberOfInstances": INTEGER}, [("Instance", "*")]),
}


def check(element: Element, where: str = "") -> None:
    """Fail unless an element is what the schema says."""
    where = f"{where}/{element.tag}"
    rule = SCHEMA[element.tag]
    known = {name.rstrip("?"): pattern for name, pattern in rule.attributes.items()}
    for name, value in element.attrib.items():
        assert name in known, f"{where} has no attribute {name}"
        assert known[name].fullmatch(value), f"{where}@{name} is {value!r}"  # type: ignore[attr-defined]
    missing = {n for n in rule.attributes if not n.endswith("?")} - set(element.attrib)
    assert not missing, f"{where} lacks {missing}"
    text = element.text or ""
    assert rule.text.fullmatch(text) if rule.text else not text.strip(), where  # type: ignore[attr-defined]
    _check_children(element, rule, where)


def _check_children(element: Element, rule: Of, where: str) -> None:
    left = list(element)
    for names, count in rule.children:
        taken = 0
        while left and left[0].tag in names.split("|"):
            check(left.pop(0), where)
            taken += 1
        least, most = {"1": (1, 1), "?": (0, 1), "*": (0, 9999), "+": (1, 9999)}[count]
        assert least <= taken <= most, f"{where} has {taken} of {names}"
    assert not left, f"{where}: {left[0].tag} is not in its place"
