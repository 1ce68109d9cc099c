"""One flipped bit is found, wherever it is, in a sealed container and in an open one."""

import zipfile
from pathlib import Path

import pytest
from tests.unit.care.homes import UID, containers, dicom, flaws, mark, send, stored

from steckel.care.verifying import Flaw
from steckel.ingest.model import Arrival, Source, Way
from steckel.server.wiring import House


@pytest.fixture(params=["sealed", "open"])
def container(request: pytest.FixtureRequest, house: House) -> Path:
    """Return a container with three instances."""
    send(house, dicom(1), dicom(2), dicom(3))
    if request.param == "sealed":
        house.archive.seal_all()
        return containers(house)[0]
    (path,) = house.layout.open.glob("*.zip")
    return path


def _flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    assert 0 <= at < len(content)
    content[at] ^= 0x04
    path.write_bytes(content)


def test_nothing_is_wrong_with_what_was_archived(house: House, container: Path) -> None:
    assert container.exists()
    assert flaws(house) == []


@pytest.mark.parametrize("by", [0, 60, -200])
def test_a_flipped_bit_of_a_data_set_is_found(house: House, container: Path, by: int) -> None:
    _flip(container, container.read_bytes().find(mark(2)) + by)

    (finding,) = [finding for finding in house.verification.instances() if finding is not None]

    assert finding.flaw is Flaw.DAMAGED
    assert finding.sop_instance_uid == f"{UID}.2"
    assert finding.container == container.stem


def test_a_flipped_bit_before_the_data_set_is_found(house: House, container: Path) -> None:
    content = container.read_bytes()
    _flip(container, content.find(b"DICM", content.find(mark(1))) - 20)

    assert flaws(house) == [Flaw.DAMAGED]


def test_every_flipped_byte_of_a_local_header_is_found(house: House, container: Path) -> None:
    whole = container.read_bytes()
    second = whole.find(b"PK\3\4", 4)
    length = whole.find(b"dimse:CT1", second) - second
    for at in range(length):
        _flip(container, second + at)
        assert set(flaws(house)) & {Flaw.HEADER, Flaw.DAMAGED}, at
        container.write_bytes(whole)


def test_every_flipped_byte_of_a_directory_is_found_and_put_right(house: House) -> None:
    send(house, dicom(1), dicom(2))
    house.archive.seal_all()
    (path,) = containers(house)
    whole = path.read_bytes()
    for at in range(whole.find(b"PK\1\2"), len(whole)):
        _flip(path, at)
        assert flaws(house) == [Flaw.DIRECTORY], at
        path.write_bytes(whole)
    path.write_bytes(whole[:-1])

    (finding,) = house.verification.containers()
    assert house.erasure.renew(finding.container)

    assert flaws(house) == []
    assert stored(house, 2) == dicom(2)
    with zipfile.ZipFile(containers(house)[0]) as renewed:
        assert len(renewed.namelist()) == 2


def test_a_source_that_is_too_long_is_no_damage(house: House) -> None:
    draft = house.ingest.draft()
    draft.write(dicom(1))
    source = Source(way=Way.UPLOAD, name="é" * 200)
    house.ingest.receive([Arrival(draft=draft, source=source)])
    house.archive.seal_all()

    assert flaws(house) == []


def test_a_container_that_is_gone_is_missed(house: House, container: Path) -> None:
    content = container.read_bytes()
    container.unlink()

    assert flaws(house) == [Flaw.MISSING] * 3
    container.write_bytes(content)


def test_a_container_that_was_cut_off_is_found(house: House, container: Path) -> None:
    content = container.read_bytes()
    container.write_bytes(content[: content.find(mark(3))])

    assert flaws(house) == [Flaw.DAMAGED]
