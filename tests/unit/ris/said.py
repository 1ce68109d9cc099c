"""Statements of invented patients, and a look at what became of them."""

from typing import Any

import orjson
from sqlalchemy import Connection, select

from steckel.dicom.json_model import JsonDataset
from steckel.index.schema import patients, studies
from steckel.ris.model import (
    MergeStatement,
    OrderStatement,
    OrderStatus,
    PatientKey,
    PatientStatement,
    StepStatement,
    order_key,
)
from steckel.ris.registers import Moment
from steckel.ris.schema import steps

HOSPITAL = "HOSP"


def key(patient_id: str, issuer: str = HOSPITAL) -> PatientKey:
    return PatientKey(patient_id=patient_id, issuer=issuer)


def demographics(name: str, born: str = "", sex: str = "") -> dict[str, Any]:
    said: dict[str, Any] = {"00100010": {"vr": "PN", "Value": [{"Alphabetic": name}]}}
    if born:
        said["00100030"] = {"vr": "DA", "Value": [born]}
    if sex:
        said["00100040"] = {"vr": "CS", "Value": [sex]}
    return said


def patient(
    patient_id: str, name: str, at: int, born: str = "", sex: str = "", **more: Any
) -> PatientStatement:
    return PatientStatement(
        patient=key(patient_id),
        moment=Moment(at=at, tie=f"{patient_id}{name}"),
        values=demographics(name, born, sex),
        **more,
    )


def merge(prior: str, survivor: str, at: int) -> MergeStatement:
    return MergeStatement(
        prior=key(prior),
        survivor=key(survivor) if survivor else None,
        moment=Moment(at=at),
        by="test",
    )


def order(
    placer: str,
    patient_id: str,
    at: int,
    *,
    status: OrderStatus | None = OrderStatus.SCHEDULED,
    steps: tuple[str, ...] = ("S1",),
    date: str = "20261124",
    study_uid: str = "",
) -> OrderStatement:
    return OrderStatement(
        key=order_key(placer, "", "", ""),
        patient=key(patient_id),
        moment=Moment(at=at),
        placer=placer,
        accession=f"A{placer}",
        study_uid=study_uid or f"1.2.{placer}",
        steps=tuple(StepStatement(step_id=step, values=_step(date)) for step in steps),
        status=status,
    )


def _step(date: str) -> dict[str, Any]:
    return {
        "00080060": {"vr": "CS", "Value": ["CT"]},
        "00400001": {"vr": "AE", "Value": ["CT1", "CT2"]},
        "00400002": {"vr": "DA", "Value": [date]},
        "00400003": {"vr": "TM", "Value": ["0830"]},
    }


def worklist(connection: Connection) -> dict[str, JsonDataset]:
    """Return the open items by accession number."""
    rows = connection.execute(select(steps).where(steps.c.is_open)).all()
    return {row.accession: orjson.loads(row.json) for row in rows}


def study(connection: Connection, uid: str) -> Any:
    """Return the row of a study with its owner's identifier."""
    owner = patients.alias()
    return connection.execute(
        select(studies, owner.c.patient_id.label("owner"))
        .join(owner, studies.c.patient_pk == owner.c.pk)
        .where(studies.c.uid == uid)
    ).one()


def name_of(json: JsonDataset | str) -> str:
    dataset = orjson.loads(json) if isinstance(json, str) else json
    return str(dataset["00100010"]["Value"][0]["Alphabetic"])
