"""What the department said outlives the index of images, and goes with a backup."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from sqlalchemy import Table, select
from tests.databases import DatabaseServer, database_server, upgraded_database
from tests.interop.whole.ris import (
    Site,
    admission,
    eventually,
    message,
    omi,
    pid,
    running_site,
    site_of,
)
from tests.steckel_server import SteckelServer

from steckel.exchange.schema import deliveries, destinations, messages, profiles
from steckel.index.schema import correction_log, corrections, patients, studies
from steckel.ris import schema

__all__ = ["database_server", "upgraded_database"]
pytestmark = [pytest.mark.interop, pytest.mark.timeout(240)]

#: What is in no image.
KEPT: tuple[Table, ...] = (
    messages, profiles, destinations, deliveries, correction_log, corrections,
    schema.registrations, schema.identifiers, schema.links, schema.visits, schema.orders,
    schema.steps, schema.appointments, schema.reports, schema.report_versions, schema.mismatches,
    schema.events, schema.availability,
)  # fmt: skip
#: Of patients and studies; the rest is counted and numbered anew.
SHOWN = {
    patients: ("identity", "name", "json", "is_registered", "studies"),
    studies: ("uid", "patient_name", "patient_id", "accession", "json", "own_json"),
}


@dataclasses.dataclass
class Story:
    """Studies of different fates."""

    merged: str
    corrected: str  #: to a patient who was registered
    moved: str  #: to a patient whom only images name
    plain: str


def live(site: Site, make_object: Callable[..., Dataset], folder: Path) -> Story:
    """Have patients registered, merged, examined, reported and put right."""
    lea = {"PatientName": "DUPONT^LEA", "PatientBirthDate": "19800229", "PatientSex": "F"}
    merged, plain = make_object(PatientID="L1", **lea), make_object(PatientName="OTHER^ONE")
    corrected = make_object(PatientID="WRONG", PatientName="NOBODY")
    moved = make_object(PatientID="WRONG2", PatientName="NOBODY")
    made = (merged, corrected, moved, plain)
    uids = [str(one.StudyInstanceUID) for one in made]
    survivor = pid("L2", "DURAND^LÉA")
    result = f"OBR|1|PL1^RIS|FL1^RIS|CT^CT^L{'|' * 21}F"
    site.tell(
        admission("B1", "080000", pid("L1", "DUPONT^LEA")),
        omi("B2", "080100", pid("L1", "DUPONT^LEA"), "L1", uids[0]),
        omi("B6", "080100", pid("L1", "DUPONT^LEA"), "L2", "1.2.77"),
        message("ADT^A40^ADT_A39", "B3", "090000", survivor, "MRG|L1^^^HOSP^PI").encode(),
        message("ORU^R01", "B4", "100000", survivor, result, "OBX|1|TX|R||rien||||||F").encode(),
        admission("B5", "080000", pid("RIGHT", "ROE^RICHARD", "19700101", "M")),
    )
    for one in made:
        path = folder / f"{one.SOPInstanceUID}.dcm"
        one.save_as(path, enforce_file_format=True)
        site.dcmtk("storescu", path)
    _assign(site, uids[1], "RIGHT")
    _assign(site, uids[2], str(plain.PatientID))
    eventually(lambda: patient_of(site, uids[0]) == ("L2", "DURAND^LÉA"))
    eventually(lambda: patient_of(site, uids[1]) == ("RIGHT", "ROE^RICHARD"))
    archived = select(schema.report_instances.c.version_pk).where(
        schema.report_instances.c.sop_instance_uid != ""
    )
    eventually(lambda: site.scalar(archived) is not None)
    return Story(*uids)


def _assign(site: Site, study: str, patient_id: str) -> None:
    """Say whose a study is, as a person does."""
    key = site.scalar(select(patients.c.pk).where(patients.c.patient_id == patient_id))
    with site.server.client() as browser:
        said = {"patient": str(key), "reason": "wrong card"}
        answer = browser.post(f"/api/reconciliation/studies/{study}/assign-patient", json=said)
    assert answer.status_code == 200, answer.text


def patient_of(site: Site, study: str) -> tuple[str, str]:
    """Return number and name as `findscu` gets them."""
    [found] = site.find("STUDY", StudyInstanceUID=study, PatientID="", PatientName="")
    return str(found.PatientID), str(found.PatientName)


def facts(site: Site) -> dict[str, Any]:
    """Return all that must stay."""
    found: dict[str, Any] = {}
    with site.engine.connect() as connection:
        for table in KEPT:
            rows = connection.execute(select(table)).mappings()
            found[table.name] = sorted(repr(dict(row)) for row in rows)
        for table, names in SHOWN.items():
            chosen = connection.execute(select(*(table.c[name] for name in names)))
            found[table.name] = sorted(repr(tuple(row)) for row in chosen)
    return found


def check(site: Site, story: Story, before: dict[str, Any]) -> None:
    """Compare what is known, and what is seen."""
    after = facts(site)
    assert [name for name in before if after[name] != before[name]] == []
    assert patient_of(site, story.merged) == ("L2", "DURAND^LÉA")
    assert patient_of(site, story.corrected) == ("RIGHT", "ROE^RICHARD")
    assert patient_of(site, story.plain)[1] == "OTHER^ONE"
    assert patient_of(site, story.moved) == patient_of(site, story.plain)
    [item] = site.worklist(AccessionNumber="AL2")
    assert item.PatientID == "L2"
    with site.server.client() as browser:
        [report] = browser.get(f"/api/studies/{story.merged}/reports").json()["items"]
        assert report["versions"][0]["text"] == "rien"
        image, _ = browser.get(f"/dicomweb/studies/{story.merged}/metadata").json()
    assert image["04000561"]["Value"][0]["04000550"]["Value"][0]["00100020"]["Value"] == ["L1"]


def test_a_new_index_of_the_images_loses_nothing_that_was_said(
    tmp_path: Path,
    database_server: DatabaseServer,
    upgraded_database: str,
    make_object: Callable[..., Dataset],
) -> None:
    with running_site(tmp_path, database_server, upgraded_database) as site:
        story = live(site, make_object, tmp_path)
        site.server.stop()
        before = facts(site)
        done = site.server.cli("reindex")
        assert done.returncode == 0, done.stdout + done.stderr
        again = facts(site)
        assert [name for name in before if again[name] != before[name]] == []
        site.server.start()
        check(site, story, before)


def test_a_backup_has_what_was_said(tmp_path: Path, make_object: Callable[..., Dataset]) -> None:
    server = SteckelServer(tmp_path / "home")
    server.start()
    with site_of(server) as site:
        story = live(site, make_object, tmp_path)
        made = server.cli("backup", tmp_path / "backup")
        server.stop()
        before = facts(site)
    assert made.returncode == 0, made.stdout + made.stderr
    other = SteckelServer(tmp_path / "other")
    restored = other.cli("restore", tmp_path / "backup")
    assert restored.returncode == 0, restored.stdout + restored.stderr
    other.start()
    with site_of(other) as site:
        check(site, story, before)
    other.stop()
