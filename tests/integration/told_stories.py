"""Messages about a few patients whose order must not matter, and what is known after them."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Engine, Table, select

from steckel.exchange.inbound.interpreter import MessageInterpreter
from steckel.exchange.model import MessageFault, Received
from steckel.exchange.profile import Profile, TooLong
from steckel.exchange.profiles import Profiles
from steckel.hl7.message import Message
from steckel.index.schema import patients
from steckel.ris import schema
from steckel.ris.department import Department

RECEIVED = 1_795_000_000_000
PROFILE = Profile(name="stories", too_long=TooLong.MAP)
#: What is ours to choose, or says when we heard of it.
_OURS = frozenset({"pk", "id", "created", "changed", "received", "repeats"})
#: Columns that name a row of another table, and what that row is known by.
_NAMES = {
    "order_pk": (schema.orders, "key"),
    "report_pk": (schema.reports, "key"),
    "survivor_pk": (patients, "identity"),
}
TABLES = (
    schema.registrations, schema.identifiers, schema.links, schema.visits, schema.orders,
    schema.steps, schema.appointments, schema.reports, schema.report_names,
    schema.report_versions, patients,
)  # fmt: skip


def interpreter_of(engine: Engine) -> MessageInterpreter:
    return MessageInterpreter(Department(engine), Profiles(engine, built_in=PROFILE))


def tell(engine: Engine, messages: Iterable[bytes]) -> None:
    """Have messages processed one after another."""
    interpreter = interpreter_of(engine)
    for pk, raw in enumerate(messages, 1):
        message = Message.parse(raw)
        received = Received(
            pk=pk, source=message.source, door="mllp", address="", certificate="",
            received=RECEIVED, control_id=message.control_id, type=message.type,
            digest=hashlib.sha256(raw).hexdigest(), raw=raw,
        )  # fmt: skip
        with engine.begin() as connection:
            try:
                with connection.begin_nested():
                    interpreter.apply(connection, message, received)
            except MessageFault:
                continue


def known(engine: Engine, tables: Sequence[Table] = TABLES) -> dict[str, list[dict[str, Any]]]:
    """Return all that is known, by table, in an order that does not depend on ours."""
    with engine.connect() as connection:
        names = {
            column: dict(tuple(row) for row in connection.execute(select(table.c.pk, table.c[key])))
            for column, (table, key) in _NAMES.items()
        }
        found = {}
        for table in tables:
            rows = [
                {
                    column: names[column].get(value) if column in names else value
                    for column, value in row.items()
                    if column not in _OURS
                }
                for row in connection.execute(select(table)).mappings()
            ]
            found[table.name] = sorted(rows, key=repr)
        return found


def story(kind: str, at: str, control: int, *lines: str) -> bytes:
    head = f"MSH|^~\\&|RIS|HOSP|PACS|HOSP|20260301{at}||{kind}|{control}|P|2.5.1||||||UNICODE UTF-8"
    return "\r".join((head, *lines, "")).encode()


def _pid(number: str, name: str, birth: str = "19800229", sex: str = "F") -> str:
    return f"PID|||{number}^^^HOSP^PI||{name}||{birth}|{sex}"


_OBR = "OBR|1|P1^HIS|F1^RIS|CT^CT abdomen^L"
#: One patient's admission, order, change, appointment, report; merges, and merges taken back.
STORIES: tuple[bytes, ...] = (
    story("ADT^A04", "080000", 1, _pid("1", "DOE^JANE"), "PV1||O|A^1||||||||||||||||V1"),
    story("ADT^A08", "081000", 2, _pid("1", "DOE^JANET", '""'), "PV1||O|||||||||||||||||V1"),
    story("ADT^A02", "082000", 3, _pid("1", "DOE^JANET"), "PV1||O|B^2||||||||||||||||V1"),
    story("ADT^A03", "120000", 4, _pid("1", "DOE^JANET"), "PV1||O|B^2||||||||||||||||V1"),
    story(
        "OMI^O23", "080500", 5, _pid("1", "DOE^J"), "PV1||O|A^1||||||||||||||||V1",
        "ORC|NW|P1^HIS|F1^RIS||SC", "TQ1|||||||20260302080000", _OBR,
        "IPC|ACC1|RP1||SPS1|CT|C^Contrast^L|CT1|R1|CT1",
        "IPC|ACC1|RP1||SPS2|CT|N^Native^L|CT1|R1|CT1",
    ),
    story(
        "OMI^O23", "081500", 6, _pid("1", "DOE^J"), "ORC|XO|P1^HIS|F1^RIS||SC",
        "TQ1|||||||20260302093000", _OBR, "IPC|ACC1|RP1|1.2.3.4|SPS1|CT|C^Contrast^L|CT2|R2|CT2",
    ),
    story("ORM^O01", "083000", 7, _pid("1", "DOE^J"), "ORC|SC|P1^HIS|F1^RIS||IP", _OBR),
    story("ORM^O01", "083000", 8, _pid("1", "DOE^J"), "ORC|SC|P1^HIS|F1^RIS||CM", _OBR),
    story("SIU^S12", "080600", 9, "SCH|A1|B1|||||||30|min|^^^20260302080000", _pid("1", "D")),
    story("SIU^S13", "081600", 10, "SCH|A1|B1|||||||45|min|^^^20260302093000", _pid("1", "D")),
    story("ORU^R01", "100000", 11, _pid("1", "DOE^J"), f"{_OBR}{'|' * 21}P",
          "OBX|1|TX|R||preliminary||||||P"),
    story("ORU^R01", "110000", 12, _pid("1", "DOE^J"), f"{_OBR}{'|' * 21}F",
          "OBX|1|ST|113014^Study^DCM||1.2.3.4", "OBX|2|TX|R||final||||||F"),
    story("ORM^O01", "090000", 13, _pid("2", "ROE^RICHARD"), "ORC|NW|P2", "OBR|1|P2||A^Hip^L"),
    story("ORM^O01", "091000", 14, _pid("2", "ROE^RICHARD"), "ORC|CA|P2", "OBR|1|P2"),
    story("ORM^O01", "092000", 15, _pid("2", "ROE^R"), "ORC|XO|P2|||SC", "OBR|1|P2||B^Knee^L"),
    story("ADT^A40", "093000", 16, _pid("3", "ROE^RICHARD", "19700101", "M"), "MRG|2^^^HOSP^PI"),
    story("ADT^A40", "094000", 17, _pid("4", "ROE^RICH", "19700101", "M"), "MRG|3^^^HOSP^PI"),
    story("ADT^A24", "095000", 18, _pid("5", "A^B"), _pid("6", "A^C")),
    story("ADT^A37", "095900", 19, _pid("5", "A^B"), _pid("6", "A^C")),
    story("ORM^O01", "090000", 26, _pid("9", "G^H"), "ORC|NW||F9^RIS", "OBR|1||F9^RIS|A^Hip^L"),
    story("ORM^O01", "091000", 27, _pid("9", "G^H"), "ORC|XO|P9", "OBR|1|P9||B^Knee^L"),
    story("ORM^O01", "092000", 28, _pid("9", "G^H"), "ORC|SC|P9|F9^RIS||IP", "OBR|1|P9|F9^RIS"),
    story("ADT^A47", "101000", 20, _pid("8", "E^F"), "MRG|7^^^HOSP^PI"),
    story("ADT^A08", "102000", 21, _pid("7", "E^OLD")),
    story("MDM^T02", "100000", 22, _pid("8", "E^F"), "TXA|1|CR|TX|||||||||D1|||||AU",
          "OBX|1|TX|R||one||||||F"),
    story("MDM^T10", "110000", 23, _pid("8", "E^F"), "TXA|1|CR|TX|||||||||D2|D1||||AU",
          "OBX|1|TX|R||two||||||C"),
    story("MDM^T10", "113000", 25, _pid("8", "E^F"), "TXA|1|CR|TX|||||||||D3|D2||||AU",
          "OBX|1|TX|R||three||||||C"),
    story("MDM^T11", "120000", 24, _pid("8", "E^F"), "TXA|1|CR|TX|||||||||D3"),
)  # fmt: skip
