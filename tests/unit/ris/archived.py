"""Studies in an index that nobody ever scanned, and a site around them."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, select
from tests.unit.index.entries import Exam

from steckel.dicom.json_model import JsonDataset
from steckel.index.engine import writing
from steckel.index.model import SeriesFacts
from steckel.index.rows import patient_columns, study_columns
from steckel.index.schema import corrections
from steckel.index.writer import IndexWriter, Ticket
from steckel.ris.department import Department
from steckel.ris.matcher import Matcher
from steckel.ris.mismatch_rows import kept_states
from steckel.ris.reconciliation import Reconciliation
from steckel.ris.rule_book import RuleBook


def text(vr: str, *values: Any) -> Any:
    return {"vr": vr, "Value": list(values)}


def images(
    patient_id: str,
    name: str = "DOE^JANE",
    uid: str = "1.2.7",
    *,
    born: str = "19700101",
    accession: str = "",
    date: str = "20261124",
    time: str = "0900",
    **more: Any,
) -> JsonDataset:
    """Return what the images of a study say."""
    said: JsonDataset = {
        "00080020": text("DA", date),
        "00080030": text("TM", time),
        "00100010": text("PN", {"Alphabetic": name}),
        "00100030": text("DA", born),
        "0020000D": text("UI", uid),
        **more,
    }
    if patient_id:
        said["00100020"] = text("LO", patient_id)
    if accession:
        said["00080050"] = text("SH", accession)
    return dict(sorted(said.items()))


def archive(engine: Engine, own: JsonDataset, *, modality: str = "CT", series: int = 1) -> None:
    """Have an instance arrive."""
    patient_id = (own.get("00100020") or {"vr": "LO"}).get("Value", [""])[0]
    uid = own["0020000D"]["Value"][0]
    exam = Exam(patient_id=patient_id, study=uid, series=f"{uid}.{series}", modality=modality)
    entry = exam.instance()
    facts = entry.describe()
    described = SeriesFacts(
        patient={"issuer": "", "patient_id": patient_id, **patient_columns(own)},
        study=study_columns(own),
        series=facts.series,
        modality=modality,
        body_part="",
    )
    writer = IndexWriter(engine)
    ticket = Ticket(entry._replace(describe=lambda: described))
    writer.write([ticket])
    writer.stop()
    ticket.result()


@dataclass
class Hospital:
    """A department, its archive, and all that matches."""

    engine: Engine
    sources: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.department = Department(self.engine)
        self.matcher = Matcher(self.engine, self._source)
        self.desk = Reconciliation(self.engine, self._source)
        self.rules = RuleBook(self.engine)

    def _source(self, uid: str) -> str:
        return self.sources.get(uid, "")

    def say(self, *statements: Any) -> None:
        from steckel.ris import model  # noqa: PLC0415

        with writing(self.engine) as connection:
            for one in statements:
                match one:
                    case model.PatientStatement():
                        self.department.say_patient(connection, one)
                    case model.OrderStatement():
                        self.department.say_order(connection, one)
                    case model.MergeStatement():
                        self.department.merge(connection, one)

    def arrive(self, own: JsonDataset, **how: Any) -> None:
        """Archive and match."""
        archive(self.engine, own, **how)
        self.matcher.match(own["0020000D"]["Value"][0])

    def states(self, uid: str = "1.2.7") -> dict[str, str]:
        with self.engine.connect() as connection:
            return kept_states(connection, uid)

    def open(self, uid: str = "1.2.7") -> set[str]:
        return {kind for kind, state in self.states(uid).items() if state == "open"}

    def link(self, uid: str = "1.2.7") -> str:
        """Return the key of the order that a study is linked to."""
        with self.engine.connect() as connection:
            return _link(connection, uid)


def _link(connection: Connection, uid: str) -> str:
    statement = select(corrections.c.order_key).where(corrections.c.study_uid == uid)
    return connection.execute(statement).scalar() or ""
