import io
import json
import zipfile
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from tests.unit.web.house import House
from tests.unit.web.rooms import MemoryDraft

from steckel.archive.draft import Buffer
from steckel.dicom.part10 import encode_meta

pytestmark = pytest.mark.anyio

OBJECT = bytes(128) + b"DICM" + b"object"
DICOMDIR = encode_meta(
    sop_class_uid="1.2.840.10008.1.3.10",
    sop_instance_uid="1.2.3",
    transfer_syntax="1.2.840.10008.1.2.1",
) + bytes(100)


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def named(name: str) -> dict[str, str]:
    return {"X-Steckel-Filename": quote(name, safe="")}


def lines(response: httpx.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.text.splitlines()]


async def test_a_file_is_stored_and_its_uids_are_told(
    house: House, user: httpx.AsyncClient
) -> None:
    response = await user.post("/api/uploads", content=OBJECT, headers=named("Ordner/Bild ü.dcm"))
    assert lines(response) == [
        {
            "name": "Ordner/Bild ü.dcm",
            "outcome": "stored",
            "reason": "",
            "study_uid": "1.2.3",
            "series_uid": "1.2.3.1",
            "sop_instance_uid": "1.2.3.1.1",
            "warnings": [],
        },
        {"done": True, "totals": {"stored": 1}},
    ]
    (arrival,) = house.inbox.arrivals
    assert bytes(house.inbox.drafts[0].data) == OBJECT
    assert arrival.source.way == "upload"
    assert arrival.source.name == "Ordner/Bild ü.dcm"
    assert arrival.source.address == "alice@192.0.2.1"


async def test_a_large_body_goes_into_the_draft_block_by_block(
    house: House, user: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    write = MemoryDraft.write

    def note(draft: MemoryDraft, data: Buffer) -> None:
        sizes.append(len(data))
        write(draft, data)

    monkeypatch.setattr(MemoryDraft, "write", note)
    content = OBJECT + bytes(range(256)) * 20_000

    async def body() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 1000):
            yield content[start : start + 1000]

    assert lines(await user.post("/api/uploads", content=body()))[0]["outcome"] == "stored"
    assert bytes(house.inbox.drafts[0].data) == content
    assert max(sizes) < (1 << 20) + 1000
    assert len(sizes) == 5


async def test_what_is_no_object_is_skipped_or_quarantined_with_the_reason(
    house: House, user: httpx.AsyncClient
) -> None:
    response = await user.post("/api/uploads", content=b"hello", headers=named("readme.txt"))
    assert lines(response)[0]["outcome"] == "skipped"
    assert not house.inbox.drafts
    response = await user.post("/api/uploads", content=b"hello", headers=named("hello"))
    first, last = lines(response)
    assert (first["outcome"], first["reason"]) == ("quarantined", "no DICOM data set")
    assert last == {"done": True, "totals": {"quarantined": 1}}
    response = await user.post("/api/uploads", content=b"", headers=named("nothing"))
    assert lines(response)[0]["reason"] == "an empty file"


async def test_a_zip_gives_a_line_for_each_member_in_order(
    house: House, user: httpx.AsyncClient
) -> None:
    members = {
        "a/1.dcm": OBJECT,
        "a/readme.txt": b"hello",
        "a/2.dcm": b"noise",
        "DICOMDIR": DICOMDIR,
        "inner.zip": zipped({"3": OBJECT}),
    }
    response = await user.post("/api/uploads", content=zipped(members), headers=named("s.zip"))
    *results, last = lines(response)
    assert [(one["name"], one["outcome"]) for one in results] == [
        ("s.zip/a/1.dcm", "stored"),
        ("s.zip/a/readme.txt", "skipped"),
        ("s.zip/a/2.dcm", "quarantined"),
        ("s.zip/DICOMDIR", "skipped"),
        ("s.zip/inner.zip/3", "stored"),
    ]
    assert last["totals"] == {"stored": 2, "skipped": 2, "quarantined": 1}
    assert all(draft.discarded for draft in house.inbox.drafts)


async def test_the_members_of_a_zip_are_archived_in_batches(
    house: House, user: httpx.AsyncClient
) -> None:
    members = {f"{number:03}": OBJECT for number in range(70)}
    response = await user.post("/api/uploads", content=zipped(members))
    assert lines(response)[-1]["totals"] == {"stored": 70}
    assert house.inbox.batches == [32, 32, 6]


async def test_a_damaged_zip_is_refused_with_the_reason(user: httpx.AsyncClient) -> None:
    response = await user.post("/api/uploads", content=zipped({"a": OBJECT})[:-10])
    first, last = lines(response)
    assert (first["outcome"], last["totals"]) == ("refused", {"refused": 1})
    assert "damaged" in first["reason"]


async def test_nothing_of_a_zip_stays_in_the_spool(house: House, user: httpx.AsyncClient) -> None:
    before = set(house.spool.iterdir())
    await user.post("/api/uploads", content=zipped({"a": OBJECT}))
    assert set(house.spool.iterdir()) == before


@pytest.mark.parametrize("moment", ["full", "full_at_receive"])
async def test_a_full_disk_is_507_and_the_body_is_read_to_its_end(
    house: House, user: httpx.AsyncClient, moment: str
) -> None:
    setattr(house.inbox, moment, True)
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(3000):
            sent += 1000
            yield bytes(128) + b"DICM" + bytes(868)

    response = await user.post("/api/uploads", content=body())
    assert response.status_code == 507
    assert response.json()["detail"] == "the disk is full"
    assert sent == 3_000_000
    assert house.inbox.drafts[0].discarded


async def test_a_full_disk_in_the_middle_of_a_zip_is_said_member_by_member(
    house: House, user: httpx.AsyncClient
) -> None:
    house.inbox.full = True
    response = await user.post("/api/uploads", content=zipped({"a": OBJECT, "b": OBJECT}))
    *results, last = lines(response)
    assert [one["reason"] for one in results] == ["the disk is full"] * 2
    assert last["totals"] == {"refused": 2}


async def test_a_body_that_stops_in_the_middle_leaves_nothing(house: House) -> None:
    messages = iter(
        [
            {"type": "http.request", "body": OBJECT * 20, "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    sent: list[Any] = []

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    token = house.security.tokens.issue("t", house.security.accounts.get("alice")).secret
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "method": "POST",
        "path": "/api/uploads",
        "raw_path": b"/api/uploads",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {token}".encode()), (b"host", b"steckel.test")],
        "client": ("192.0.2.1", 1),
        "server": ("steckel.test", 80),
        "scheme": "http",
        "root_path": "",
        "http_version": "1.1",
    }
    await house.app(scope, receive, send)
    assert not house.inbox.arrivals
    assert house.inbox.drafts[0].discarded


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("", "upload"),
        ("a%0Ab", "a\N{REPLACEMENT CHARACTER}b"),
        ("%FF", "\N{REPLACEMENT CHARACTER}"),
    ],
)
async def test_a_name_is_made_fit_to_be_shown(
    user: httpx.AsyncClient, header: str, name: str
) -> None:
    headers = {"X-Steckel-Filename": header}
    response = await user.post("/api/uploads", content=OBJECT, headers=headers)
    assert lines(response)[0]["name"] == name
