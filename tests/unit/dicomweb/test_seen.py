"""What the door shows to those who do not see everything, or may not take it away."""

import pytest
from tests.unit.dicomweb.answers import path_of
from tests.unit.dicomweb.conftest import Client
from tests.unit.dicomweb.memory_archive import MemoryArchive, Person, application, sample

from steckel.index.view import NOTHING, Criteria, View
from steckel.retrieve.model import StoredInstance

_WHOLE = ("", "/metadata", "/rendered", "/thumbnail", "/bulkdata")
_IMAGE = (*_WHOLE, "/frames/1", "/frames/1/rendered", "/frames/1/thumbnail", "/bulkdata/7FE00010")


def _paths(instance: StoredInstance) -> list[str]:
    found = [path_of(instance, 3) + rest for rest in _IMAGE]
    found += [path_of(instance, depth) + rest for depth in (1, 2) for rest in _WHOLE]
    uri = f"requestType=WADO&objectUID={instance.sop_instance_uid}"
    return [*found, f"/wado?{uri}", f"/wado?{uri}&contentType=application/dicom"]


_BULK = {"accept": "*/*"}


@pytest.fixture
def mr(archive: MemoryArchive) -> StoredInstance:
    return archive.add(sample("MR_small.dcm"))


def _seeing(archive: MemoryArchive, view: View, **given: frozenset[str]) -> Client:
    return Client(application(archive, person=Person(view=view, **given)))


def _only(instance: StoredInstance) -> View:
    return View(any_of=(Criteria(studies=(instance.study_uid,)),))


def test_what_is_not_seen_is_not_there(
    archive: MemoryArchive, ct: StoredInstance, mr: StoredInstance
) -> None:
    for view in (NOTHING, _only(mr)):
        client = _seeing(archive, view)
        for path in _paths(ct):
            assert client.get(path, **_BULK).status_code == 404, path
        for depth in (1, 2, 3):
            assert client.request("DELETE", path_of(ct, depth)).status_code == 404
    assert ct.sop_instance_uid in archive.instances
    client = _seeing(archive, _only(ct))
    for path in _paths(ct):
        assert client.get(path, **_BULK).status_code == 200, path


def test_searches_find_what_is_seen(
    archive: MemoryArchive, ct: StoredInstance, mr: StoredInstance
) -> None:
    client = _seeing(archive, _only(mr))
    for path in ("/studies", "/series", "/instances"):
        found = client.get(f"/dicomweb{path}", accept="application/dicom+json").json()
        assert [one["0020000D"]["Value"] for one in found] == [[mr.study_uid]]
    for path in ("/series", "/instances"):
        assert client.get(path_of(ct, 1) + path, accept="application/dicom+json").json() == []


def test_whole_objects_are_for_those_who_may_export(
    archive: MemoryArchive, ct: StoredInstance
) -> None:
    client = Client(application(archive, person=Person(rights=frozenset({"read"}))))
    whole = {path_of(ct, depth) for depth in (1, 2, 3)}
    whole |= {path for path in _paths(ct) if path.endswith("contentType=application/dicom")}
    for path in _paths(ct):
        expected = 403 if path in whole else 200
        assert client.get(path, **_BULK).status_code == expected, path
    for path in whole:
        assert client.request("HEAD", path).status_code == 403
    assert client.get(path_of(ct, 1), accept="application/zip").status_code == 403
    exporting = Client(application(archive, person=Person(rights=frozenset({"export"}))))
    assert exporting.get(path_of(ct, 1)).status_code == 403  # not without looking
