"""pynetdicom as the peer: what DCMTK's tools do not show."""

import io
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE, evt, pdu_primitives
from pynetdicom.association import Association
from pynetdicom.presentation import build_context, build_role
from pynetdicom.sop_class import (
    CTImageStorage,
    PatientRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    StudyRootQueryRetrieveInformationModelMove,
    Verification,
)
from tests.unit.dimse.fakes import SECONDARY_CAPTURE, make_part10
from tests.unit.dimse.running import EXPLICIT, IMPLICIT, JPEG, TESTER, House, eventually, running

from steckel.dicom.part10 import read_start
from steckel.dimse.ports import RemoteEntity
from steckel.dimse.scu.echo import echo

pytestmark = pytest.mark.interop

FIND = StudyRootQueryRetrieveInformationModelFind
GET = StudyRootQueryRetrieveInformationModelGet
MOVE = StudyRootQueryRetrieveInformationModelMove


@contextmanager
def associated(house: House, ae: AE, **options: object) -> Iterator[Association]:
    association = ae.associate("127.0.0.1", house.server.port, **options)
    assert association.is_established
    try:
        yield association
    finally:
        if association.is_established:
            association.release()


def identifier(**elements: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    return dataset


def test_negotiation_items_are_answered(house: House) -> None:
    ae = AE("PYNET")
    ae.add_requested_context(Verification)
    ae.add_requested_context("1.2.840.10008.5.1.4.33")
    window = pdu_primitives.AsynchronousOperationsWindowNegotiation()
    window.maximum_number_operations_invoked = 8
    window.maximum_number_operations_performed = 8
    identity = pdu_primitives.UserIdentityNegotiation()
    identity.user_identity_type = 2
    identity.primary_field = b"someone"
    identity.secondary_field = b"secret"
    identity.positive_response_requested = True
    with associated(house, ae, ext_neg=[window, identity]) as association:
        assert association.send_c_echo().Status == 0x0000
        assert [c.abstract_syntax for c in association.rejected_contexts] == [
            "1.2.840.10008.5.1.4.33"
        ]
        accepted = association.acceptor.asynchronous_operations
        assert accepted == (1, 1)
        assert association.acceptor.implementation_version_name.startswith("STECKEL")


@pytest.mark.parametrize("root", [FIND, PatientRootQueryRetrieveInformationModelFind])
def test_find_answers_pending_then_success(house: House, root: str) -> None:
    house.finder.matches = [
        {"00100010": {"vr": "PN", "Value": [{"Alphabetic": f"É^{n}"}]}} for n in range(5)
    ]
    ae = AE("PYNET")
    ae.add_requested_context(root)
    asked = identifier(QueryRetrieveLevel="STUDY", PatientName="", StudyDescription="")
    with associated(house, ae) as association:
        answers = list(association.send_c_find(asked, root))
    assert [status.Status for status, _ in answers] == [0xFF00] * 5 + [0x0000]
    first = answers[0][1]
    assert str(first.PatientName) == "É^0"
    assert first.StudyDescription == ""
    assert first.RetrieveAETitle == "STECKEL"
    assert set(first.dir()) == {
        "SpecificCharacterSet",
        "QueryRetrieveLevel",
        "RetrieveAETitle",
        "PatientName",
        "StudyDescription",
    }


def test_matching_that_we_do_not_do_is_told(house: House) -> None:
    house.finder.matches = [{}]
    house.finder.not_matched = frozenset({0x00400009})
    item = identifier(ScheduledProcedureStepID="S1")
    asked = identifier(QueryRetrieveLevel="SERIES", RequestAttributesSequence=[item])
    ae = AE("PYNET")
    ae.add_requested_context(FIND)
    with associated(house, ae) as association:
        answers = list(association.send_c_find(asked, FIND))
    assert [status.Status for status, _ in answers] == [0xFF01, 0x0000]


def test_fuzzy_and_combined_matching_are_negotiated(house: House) -> None:
    wish = pdu_primitives.SOPClassExtendedNegotiation()
    wish.sop_class_uid = FIND
    wish.service_class_application_information = b"\x01\x01\x01\x01"
    ae = AE("PYNET")
    ae.add_requested_context(FIND)
    asked = identifier(QueryRetrieveLevel="STUDY", PatientName="x")
    with associated(house, ae, ext_neg=[wish]) as association:
        list(association.send_c_find(asked, FIND))
        granted = association.acceptor.sop_class_extended
        assert granted == {FIND: b"\x01\x01\x01\x00"}
    assert house.finder.queries[0].fuzzy
    assert house.finder.queries[0].combined


def test_a_hierarchical_server_refuses_what_was_not_negotiated() -> None:
    asked = identifier(QueryRetrieveLevel="SERIES", SeriesInstanceUID="")
    ae = AE("PYNET")
    ae.add_requested_context(FIND)
    with running(relational_by_default=False) as house:
        with associated(house, ae) as association:
            [(status, _)] = list(association.send_c_find(asked, FIND))
        assert status.Status == 0xA900
        assert "0020,000D" in status.ErrorComment


def await_cancel(house: House) -> bool:
    """Wait until the C-CANCEL has reached our side of the connection."""
    [channel] = house.server._open_channels()
    return eventually(channel._transport.readable)


def test_a_find_stops_at_its_cancel(house: House) -> None:
    house.finder.matches = [{}] * 100
    house.finder.before_each = lambda number: number == 3 and await_cancel(house)
    ae = AE("PYNET")
    ae.add_requested_context(FIND)
    asked = identifier(QueryRetrieveLevel="STUDY")
    statuses = []
    with associated(house, ae) as association:
        for status, _ in association.send_c_find(asked, FIND, msg_id=5):
            statuses.append(status.Status)
            if len(statuses) == 3:
                association.send_c_cancel(5, query_model=FIND)
    assert statuses[-1] == 0xFE00
    assert len(statuses) < 100


def fill(house: House, *files: bytes) -> None:
    for part10 in files:
        house.retriever.add(part10)


def test_get_sends_back_in_the_stored_syntax_or_transcoded(house: House) -> None:
    stored = [
        make_part10("1.2.3.4.1", transfer_syntax=JPEG),
        make_part10("1.2.3.4.2", transfer_syntax=EXPLICIT),
        make_part10("1.2.3.4.3", sop_class=SECONDARY_CAPTURE, transfer_syntax=EXPLICIT),
    ]
    fill(house, *stored)
    got: dict[str, str] = {}

    def keep(event: evt.Event) -> int:
        got[event.request.AffectedSOPInstanceUID] = event.context.transfer_syntax
        return 0x0000

    ae = AE("PYNET")
    ae.add_requested_context(GET)
    contexts = [
        build_context(CTImageStorage, JPEG),
        build_context(CTImageStorage, EXPLICIT),
        build_context(SECONDARY_CAPTURE, IMPLICIT),
    ]
    ae.requested_contexts = [*ae.requested_contexts, *contexts]
    roles = [
        build_role(CTImageStorage, scp_role=True),
        build_role(SECONDARY_CAPTURE, scp_role=True),
    ]
    asked = identifier(QueryRetrieveLevel="STUDY", StudyInstanceUID="1.2.3")
    with associated(
        house, ae, ext_neg=roles, evt_handlers=[(evt.EVT_C_STORE, keep)]
    ) as association:
        statuses = [status for status, _ in association.send_c_get(asked, GET)]
    assert got == {"1.2.3.4.1": JPEG, "1.2.3.4.2": EXPLICIT, "1.2.3.4.3": IMPLICIT}
    assert statuses[-1].Status == 0x0000
    assert statuses[-1].NumberOfCompletedSuboperations == 3
    assert [s.NumberOfRemainingSuboperations for s in statuses[:-1]] == [2, 1]


def test_get_counts_what_fails_and_names_it(house: House) -> None:
    fill(
        house,
        make_part10("1.2.3.4.1", transfer_syntax=JPEG),  # no context: cannot be decoded here
        make_part10("1.2.3.4.2"),
        make_part10("1.2.3.4.3"),
        make_part10("1.2.3.4.4", sop_class=SECONDARY_CAPTURE),  # no context at all
    )
    answers = {"1.2.3.4.2": 0xB007, "1.2.3.4.3": 0xA700}
    ae = AE("PYNET")
    ae.add_requested_context(GET)
    ae.add_requested_context(CTImageStorage, EXPLICIT)
    roles = [build_role(CTImageStorage, scp_role=True)]
    handlers = [(evt.EVT_C_STORE, lambda event: answers[event.request.AffectedSOPInstanceUID])]
    asked = identifier(QueryRetrieveLevel="STUDY", StudyInstanceUID="1.2.3")
    with associated(house, ae, ext_neg=roles, evt_handlers=handlers) as association:
        *_, (status, failed) = association.send_c_get(asked, GET)
    assert status.Status == 0xB000
    assert status.NumberOfWarningSuboperations == 1
    assert status.NumberOfFailedSuboperations == 3
    assert set(failed.FailedSOPInstanceUIDList) == {"1.2.3.4.1", "1.2.3.4.3", "1.2.3.4.4"}


def test_a_get_stops_at_its_cancel(house: House) -> None:
    fill(house, *(make_part10(f"1.2.3.4.{n}") for n in range(50)))
    ae = AE("PYNET")
    ae.add_requested_context(GET)
    ae.add_requested_context(CTImageStorage, EXPLICIT)
    stored: list[str] = []

    def keep(event: evt.Event) -> int:
        stored.append(event.request.AffectedSOPInstanceUID)
        if len(stored) == 3:
            event.assoc.send_c_cancel(7, query_model=GET)
        return 0x0000

    asked = identifier(QueryRetrieveLevel="STUDY", StudyInstanceUID="1.2.3")
    with associated(
        house,
        ae,
        ext_neg=[build_role(CTImageStorage, scp_role=True)],
        evt_handlers=[(evt.EVT_C_STORE, keep)],
    ) as association:
        *_, (status, _) = association.send_c_get(asked, GET, msg_id=7)
    assert status.Status == 0xFE00
    assert len(stored) < 50
    assert status.NumberOfRemainingSuboperations == 50 - len(stored)


@contextmanager
def storage_scp(handler: object, *contexts: tuple[str, str | list[str]]) -> Iterator[RemoteEntity]:
    ae = AE("DEST")
    for abstract, syntaxes in contexts:
        ae.add_supported_context(abstract, syntaxes)
    server = ae.start_server(
        ("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, handler)]
    )
    try:
        port = server.socket.getsockname()[1]
        yield RemoteEntity(aet="DEST", host="127.0.0.1", port=port)
    finally:
        server.shutdown()


def test_move_transcodes_only_what_the_destination_does_not_take(house: House) -> None:
    fill(
        house,
        make_part10("1.2.3.4.1", transfer_syntax=JPEG),
        make_part10("1.2.3.4.2", transfer_syntax=EXPLICIT),
        make_part10("1.2.3.4.3", sop_class=SECONDARY_CAPTURE, transfer_syntax=EXPLICIT),
    )
    got: dict[str, tuple[str, bytes]] = {}
    originators = set()

    def keep(event: evt.Event) -> int:
        request = event.request
        got[request.AffectedSOPInstanceUID] = (
            event.context.transfer_syntax,
            request.DataSet.getvalue(),
        )
        originators.add(
            (request.MoveOriginatorApplicationEntityTitle, request.MoveOriginatorMessageID)
        )
        return 0x0000

    ae = AE("PYNET")
    ae.add_requested_context(MOVE)
    asked = identifier(QueryRetrieveLevel="STUDY", StudyInstanceUID="1.2.3")
    with storage_scp(
        keep, (CTImageStorage, [EXPLICIT, JPEG]), (SECONDARY_CAPTURE, IMPLICIT)
    ) as destination:
        house.peers.remotes["DEST"] = destination
        with associated(house, ae) as association:
            *_, (status, _) = association.send_c_move(asked, "DEST", MOVE, msg_id=11)
    assert status.Status == 0x0000
    assert {uid: syntax for uid, (syntax, _) in got.items()} == {
        "1.2.3.4.1": JPEG,
        "1.2.3.4.2": EXPLICIT,
        "1.2.3.4.3": IMPLICIT,
    }
    assert house.transcoder.calls == [IMPLICIT]
    original = house.retriever.files["1.2.3.4.1"]
    assert got["1.2.3.4.1"][1] == original[read_start(original).dataset_offset :]
    moved = pydicom.dcmread(io.BytesIO(got["1.2.3.4.3"][1]), force=True)
    assert moved.SOPInstanceUID == "1.2.3.4.3"
    assert originators == {("PYNET", 11)}


def test_a_destination_that_aborts_fails_one_instance_and_gets_the_others(
    house: House,
) -> None:
    fill(house, *(make_part10(f"1.2.3.4.{n}") for n in range(4)))
    got: list[str] = []

    def keep(event: evt.Event) -> int:
        got.append(event.request.AffectedSOPInstanceUID)
        if got[-1] == "1.2.3.4.1":
            event.assoc.abort()
        return 0x0000

    ae = AE("PYNET")
    ae.add_requested_context(MOVE)
    asked = identifier(QueryRetrieveLevel="STUDY", StudyInstanceUID="1.2.3")
    with storage_scp(keep, (CTImageStorage, EXPLICIT)) as destination:
        house.peers.remotes["DEST"] = destination
        with associated(house, ae) as association:
            *_, (status, failed) = association.send_c_move(asked, "DEST", MOVE)
    assert status.Status == 0xB000
    assert status.NumberOfCompletedSuboperations == 3
    assert failed.FailedSOPInstanceUIDList == "1.2.3.4.1"
    assert len(got) == 4


def test_a_move_stops_at_its_cancel(house: House) -> None:
    fill(house, *(make_part10(f"1.2.3.4.{n}") for n in range(50)))
    got: list[str] = []

    def keep(event: evt.Event) -> int:
        got.append(event.request.AffectedSOPInstanceUID)
        if len(got) == 3:
            await_cancel(house)
        return 0x0000

    ae = AE("PYNET")
    ae.add_requested_context(MOVE)
    asked = identifier(QueryRetrieveLevel="STUDY", StudyInstanceUID="1.2.3")
    with storage_scp(keep, (CTImageStorage, EXPLICIT)) as destination:
        house.peers.remotes["DEST"] = destination
        with associated(house, ae) as association:
            statuses = []
            for status, _ in association.send_c_move(asked, "DEST", MOVE, msg_id=3):
                statuses.append(status.Status)
                if len(statuses) == 1:
                    association.send_c_cancel(3, query_model=MOVE)
    assert statuses[-1] == 0xFE00
    assert len(got) < 50


def test_a_move_of_nothing_succeeds_without_an_association(house: House) -> None:
    house.peers.remotes["DEST"] = RemoteEntity(aet="DEST", host="127.0.0.1", port=1)
    ae = AE("PYNET")
    ae.add_requested_context(MOVE)
    asked = identifier(QueryRetrieveLevel="STUDY", StudyInstanceUID="9.9.9")
    with associated(house, ae) as association:
        [(status, _)] = list(association.send_c_move(asked, "DEST", MOVE))
    assert status.Status == 0x0000


def test_two_hundred_sop_classes_go_on_several_associations(house: House) -> None:
    classes = [f"1.2.826.0.1.3680043.8.498.{n}" for n in range(150)]
    for number, sop_class in enumerate(classes):
        fill(house, make_part10(f"1.2.3.4.{number}", sop_class=sop_class, pixels=256))
    ae = AE("PYNET")
    ae.add_requested_context(MOVE)
    asked = identifier(QueryRetrieveLevel="STUDY", StudyInstanceUID="1.2.3")
    with running(aet="DEST") as destination:
        house.peers.remotes["DEST"] = destination.remote
        with associated(house, ae) as association:
            *_, (status, _) = association.send_c_move(asked, "DEST", MOVE)
        assert len(destination.receiver.arrivals) == 150
    assert status.Status == 0x0000


def make_certificate(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", str(key), "-out", str(certificate),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return certificate, key


def test_tls_both_ways(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate, key)
    theirs = ssl.create_default_context(cafile=str(certificate))
    part10 = make_part10("1.2.3.4.1", pixels=3_000_064)
    ae = AE("PYNET")
    ae.add_requested_context(CTImageStorage, EXPLICIT)
    with running(tls_port=0, tls_context=ours) as house:
        assert house.server.tls_port is not None
        remote = RemoteEntity(aet="STECKEL", host="127.0.0.1", port=house.server.tls_port, tls=True)
        assert echo(remote, replace(TESTER, tls_context=theirs)) == 0x0000
        association = ae.associate(
            "127.0.0.1", house.server.tls_port, tls_args=(theirs, "127.0.0.1")
        )
        assert association.is_established
        dataset = pydicom.dcmread(io.BytesIO(part10))
        assert association.send_c_store(dataset).Status == 0x0000
        association.release()
        [got] = house.receiver.datasets()
        assert got.PixelData == dataset.PixelData


def test_a_move_over_tls(house: House, tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate, key)
    theirs = ssl.create_default_context(cafile=str(certificate))
    ae = AE("PYNET")
    ae.add_requested_context(MOVE)
    asked = identifier(QueryRetrieveLevel="STUDY", StudyInstanceUID="1.2.3")
    with (
        running(tls_port=0, tls_context=ours) as destination,
        running(client_tls_context=theirs) as mover,
    ):
        assert destination.server.tls_port is not None
        fill(mover, make_part10("1.2.3.4.1", pixels=1_000_192))
        mover.peers.remotes["DEST"] = RemoteEntity(
            aet="DEST", host="127.0.0.1", port=destination.server.tls_port, tls=True
        )
        with associated(mover, ae) as association:
            *_, (status, _) = association.send_c_move(asked, "DEST", MOVE)
        assert status.Status == 0x0000
        assert len(destination.receiver.arrivals) == 1
