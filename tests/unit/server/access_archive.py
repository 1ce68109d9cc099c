"""An archive in which each study is somebody's secret, and accounts of every role."""

import io
import time
from dataclasses import dataclass, field
from typing import Any

import pydicom
from pydicom.data import get_testdata_file
from sqlalchemy import Connection, insert, select, update

from steckel.dicomweb.rendering import RenderRequest
from steckel.errors import NotDicom
from steckel.exchange.outbound.desk import DestinationDesk
from steckel.exchange.outbound.model import Address, DestinationForm
from steckel.exchange.outbound.subscriptions import Subscription
from steckel.exchange.schema import deliveries, destinations, messages
from steckel.index.engine import writing
from steckel.index.schema import conflicts, patients
from steckel.index.thumbnails import KeptThumbnail, Thumbnails
from steckel.ingest.model import Arrival, Receipt, Source, Way
from steckel.ris.department import Department
from steckel.ris.mismatch_rows import MismatchState, write_states
from steckel.ris.model import (
    AppointmentStatement,
    AppointmentStatus,
    MismatchKind,
    OrderStatement,
    OrderStatus,
    PatientKey,
    PatientStatement,
    ReportStatement,
    ReportStatus,
    StepStatement,
)
from steckel.ris.record_keys import patient_key
from steckel.ris.registers import Moment
from steckel.ris.schema import appointments, orders, reports
from steckel.security.accounts import AccountChange
from steckel.security.decisions import ALL_ACTIONS, Action
from steckel.security.roles import Role
from steckel.security.sees import Sees
from steckel.server.serving import ServingHouse

PASSWORD = "a-long-password-of-nobody"
NARROW = "narrow"
_AT = Moment(at=int(time.time() * 1000))


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A study, and every word by which it could be known."""

    name: str  #: also the first letters of all its words
    values: dict[str, Any] = field(default_factory=dict)  #: of its data set

    @property
    def uid(self) -> str:
        number = "".join(f"{ord(letter)}" for letter in self.name)
        return f"1.2.826.0.1.3680043.10.{number}"

    @property
    def patient_id(self) -> str:
        return f"{self.name}-7391"

    @property
    def accession(self) -> str:
        return f"{self.name}ACC5"

    def words(self, parts: dict[str, str]) -> tuple[str, ...]:
        """What must not be read by those who do not see it."""
        return (self.uid, self.name.lower(), parts["patient_record"].lower())


#: The studies, by what distinguishes them for the roles.
SECRETS = (
    Secret(name="zopen", values={"InstitutionName": "North"}),
    Secret(name="zrefd", values={"InstitutionName": "South",
                                 "ReferringPhysicianName": "Grey^Anne"}),
    Secret(name="zanon", values={"InstitutionName": "South", "PatientIdentityRemoved": "YES"}),
    Secret(name="zgiven", values={"InstitutionName": "South"}),
    Secret(name="zhush", values={"InstitutionName": "North"}),
)  # fmt: skip
_OPEN = frozenset({"zopen", "zrefd", "zanon", "zgiven"})
#: What an account of each role sees.
SEEN: dict[str, frozenset[str]] = {
    "admin": _OPEN | {"zhush"},
    "user": _OPEN | {"zhush"},
    "radiologist": _OPEN,
    "technologist": _OPEN,
    "secretary": _OPEN,
    "referring": frozenset({"zrefd"}),
    "researcher": frozenset({"zanon"}),
    "guest": frozenset({"zgiven"}),
    NARROW: frozenset({"zopen"}),
}


def make_accounts(house: ServingHouse) -> dict[str, frozenset[Action]]:
    """Make an account of each role, named like it; return what each may do."""
    security = house.security
    everything = ALL_ACTIONS - {Action.ADMINISTER, Action.EXCHANGE, Action.AUDIT}
    sees = Sees(rules=({"institutions": "own"},))
    security.roles.save(Role(name=NARROW, title="", actions=everything, sees=sees))
    for role in SEEN:
        security.accounts.add(role, PASSWORD, role=role)
    security.accounts.change("referring", AccountChange(person="Grey^Anne"))
    security.accounts.change(NARROW, AccountChange(institutions=("North",)))
    return {role: frozenset(map(Action, security.roles.find(role).actions)) for role in SEEN}


def fill(house: ServingHouse) -> dict[str, dict[str, str]]:
    """Archive all; return for each study what the parts of addresses are called."""
    department = Department(house.engine)
    found = {}
    for secret in SECRETS:
        found[secret.name] = _archive(house, secret)
        _say(house, department, secret)
    hushed = patients.c.patient_id == "zhush-7391"
    with writing(house.engine) as connection:
        connection.execute(update(patients).where(hushed).values(is_confidential=True))
    house.security.relations.assign(_secret("zgiven").uid, "guest", "admin")
    _exchange(house)
    for secret in SECRETS:
        found[secret.name] |= _keys(house, secret)
    return found


def _secret(name: str) -> Secret:
    return next(secret for secret in SECRETS if secret.name == name)


def _archive(house: ServingHouse, secret: Secret) -> dict[str, str]:
    dataset = pydicom.dcmread(str(get_testdata_file("CT_small.dcm", download=False)))
    dataset.PatientName = f"{secret.name.upper()}^Zoe"
    dataset.PatientID = secret.patient_id
    dataset.AccessionNumber = secret.accession
    dataset.StudyDescription = f"{secret.name} chest"
    dataset.StudyInstanceUID = secret.uid
    dataset.SeriesInstanceUID = f"{secret.uid}.1"
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"{secret.uid}.1.1"
    dataset.ReferringPhysicianName = ""
    for keyword, value in secret.values.items():
        setattr(dataset, keyword, value)
    out = io.BytesIO()
    dataset.save_as(out)
    draft = house.ingest.draft()
    draft.write(out.getvalue())
    source = Source(way=Way.IMPORT, name=f"{secret.name}.dcm", address="")
    [answer] = house.ingest.receive([Arrival(draft=draft, source=source)])
    assert isinstance(answer, Receipt), answer
    instance = dataset.SOPInstanceUID
    kept = house.quarantine.keep(
        memoryview(secret.name.encode()), source, NotDicom("no"), uids=(secret.uid, instance)
    )
    _keep_thumbnail(house, secret)
    with writing(house.engine) as connection:
        write_states(connection, secret.uid, {MismatchKind.UNSCHEDULED: MismatchState.OPEN}, "", "")
        connection.execute(
            insert(conflicts).values(
                id=f"{secret.name}conflict", study_uid=secret.uid, series_uid=f"{secret.uid}.1",
                sop_instance_uid=instance, received=1, source="", kept_digest="a", kept_size=1,
                other_digest="b", other_size=1, differences="", state="open",
            )
        )  # fmt: skip
    return {
        "study": secret.uid, "uid": secret.uid, "series": f"{secret.uid}.1", "instance": instance,
        "accession": secret.accession, "patient_id": secret.patient_id, "entry_id": kept.id,
        "conflict_id": f"{secret.name}conflict", "frames": "1", "number": "1", "relation": "1",
        "account": "guest", "path": "7FE00010",
    }  # fmt: skip


def _keep_thumbnail(house: ServingHouse, secret: Secret) -> None:
    kept = Thumbnails(house.engine)
    series = kept.version(secret.uid, f"{secret.uid}.1")
    assert series is not None
    made = KeptThumbnail(
        digest="ab" * 32,
        frame=1,
        is_image=True,
        media_type="image/jpeg",
        data=secret.name.encode(),
    )
    kept.keep(*series, RenderRequest().name, made)


def _say(house: ServingHouse, department: Department, secret: Secret) -> None:
    key, name = PatientKey(patient_id=secret.patient_id), secret.name
    pn = {"vr": "PN", "Value": [{"Alphabetic": f"{name.upper()}^Zoe"}]}
    step = StepStatement(
        step_id=f"{name}S", values={"00400002": {"vr": "DA", "Value": ["20261124"]}}
    )
    with writing(house.engine) as connection:
        department.say_patient(
            connection, PatientStatement(patient=key, moment=_AT, values={"00100010": pn})
        )
        department.say_order(
            connection,
            OrderStatement(
                key=f"{name}O",
                patient=key,
                moment=_AT,
                accession=secret.accession,
                study_uid=secret.uid,
                steps=(step,),
                status=OrderStatus.SCHEDULED,
            ),
        )
        department.say_report(
            connection,
            ReportStatement(
                key=f"{name}R",
                patient=key,
                moment=_AT,
                status=ReportStatus.PRELIMINARY,
                title=f"{name} title",
                text=f"{name} text",
                media_type="text/plain",
                body=name.encode(),
                study_uids=(secret.uid,),
            ),
        )
        department.say_appointment(
            connection,
            AppointmentStatement(
                key=f"{name}A", patient=key, moment=_AT, order_key=f"{name}O",
                resource=f"{name}room", status=AppointmentStatus.BOOKED,
            ),
        )  # fmt: skip


def _exchange(house: ServingHouse) -> None:
    """Have a message come and one go about each patient."""
    form = DestinationForm(
        name="ris", address=Address(host="127.0.0.1", port=1), subscription=Subscription()
    )
    DestinationDesk(house.engine).add(form, "admin", 1)
    with writing(house.engine) as connection:
        [destination] = connection.execute(select(destinations.c.pk)).scalars()
        for secret in SECRETS:
            about = {
                "patient_id": secret.patient_id,
                "accession": secret.accession,
                "control_id": f"{secret.name}C",
                "type": "ADT^A08",
                "raw": _message(secret),
            }
            connection.execute(
                insert(messages).values(
                    **about,
                    source="HIS^H",
                    door="mllp",
                    digest=secret.name.encode(),
                    state="processed",
                    received=1,
                )
            )
            connection.execute(
                insert(deliveries).values(
                    **about, destination_pk=destination, state="sent", created=1
                )
            )  # fmt: skip


def _message(secret: Secret) -> bytes:
    return (
        f"MSH|^~\\&|HIS|H|||20261124||ADT^A08|{secret.name}C|P|2.5\r"
        f"PID|||{secret.patient_id}||{secret.name.upper()}^ZOE\r"
    ).encode()


def _exchanged(connection: Connection, secret: Secret) -> dict[str, str]:
    found = {}
    for name, table in (("message_id", messages), ("delivery_id", deliveries)):
        mine = select(table.c.pk).where(table.c.patient_id == secret.patient_id)
        found[name] = str(connection.execute(mine).scalar_one())
    return found


def _keys(house: ServingHouse, secret: Secret) -> dict[str, str]:
    with house.engine.connect() as connection:
        patient = connection.execute(
            select(patients).where(patients.c.patient_id == secret.patient_id)
        ).one()
        order = select(orders.c.pk).where(orders.c.accession == secret.accession)
        report = select(reports.c.id).where(reports.c.identity == patient.identity)
        planned = select(appointments.c.pk).where(appointments.c.identity == patient.identity)
        return _exchanged(connection, secret) | {
            "key": str(patient.pk),
            "patient_record": patient_key(patient.identity, patient.pk),
            "order": str(connection.execute(order).scalar_one()),
            "report": connection.execute(report).scalar_one(),
            "report_id": connection.execute(report).scalar_one(),
            "appointment": str(connection.execute(planned).scalar_one()),
        }
