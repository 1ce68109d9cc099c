"""Real peers that name users, show certificates, and are let in or not."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pynetdicom import AE
from pynetdicom.pdu_primitives import UserIdentityNegotiation
from pynetdicom.sop_class import Verification
from tests.unit.dimse.fakes import make_part10
from tests.unit.dimse.running import TIMEOUTS, House
from tests.unit.security.doubles import CountingPasswords

from steckel.dimse.server import DimseServer
from steckel.dimse.settings import DimseSettings
from steckel.index.engine import open_engine
from steckel.index.upgrade import upgrade
from steckel.index.view import Criteria
from steckel.security.admission import Admission
from steckel.security.peers import RemoteAe
from steckel.security.rights import Right
from steckel.security.roles import ADMIN
from steckel.security.sees import sees_from
from steckel.security.site import Security, open_security
from steckel.server.development_ca import DevelopmentCa, Pair
from steckel.server.settings import Settings
from steckel.server.tls import dicom_server_tls

pytestmark = pytest.mark.interop

Run = Callable[..., subprocess.CompletedProcess[str]]
_PASSWORD = "correct horse battery"
#: As DCMTK 3.6.7 says 0124H.
_NOT_AUTHORIZED = "0x124"
_SEES_CT = sees_from({"rules": [{"modalities": ["CT"]}]})


@pytest.fixture
def security(tmp_path: Path) -> Iterator[Security]:
    engine = open_engine(f"sqlite:///{tmp_path / 'index.sqlite3'}")
    upgrade(engine)
    security = open_security(engine, CountingPasswords())
    security.accounts.add("root", _PASSWORD, role=ADMIN)
    security.accounts.add("rita", _PASSWORD, role="secretary")
    yield security
    engine.dispose()


@pytest.fixture
def site(tmp_path: Path) -> DevelopmentCa:
    site = DevelopmentCa(tmp_path / "ca")
    site.found("site")
    return site


@pytest.fixture
def house(tmp_path: Path, security: Security, site: DevelopmentCa) -> Iterator[House]:
    """Run a server with a gate, and with TLS that asks for certificates of the site."""
    ours = site.issue("localhost", ["127.0.0.1"])
    tls = dicom_server_tls(
        replace(
            Settings(),
            dicom_tls_cert=ours.certificate,
            dicom_tls_key=ours.key,
            dicom_tls_ca=site.authority.certificate,
        )
    )
    house = House()
    rooms = house.rooms()
    gate = Admission(security.peers, security.accounts, security.authenticator, require_user=False)
    settings = DimseSettings(port=0, timeouts=TIMEOUTS, tls_port=0, tls_context=tls)
    house.server = DimseServer(settings, rooms=replace(rooms, gate=gate))
    house.server.start()
    yield house
    house.server.stop(5.0)


def _echo(
    house: House, identity: UserIdentityNegotiation | None = None
) -> tuple[int, bytes | None]:
    """Return the status of a C-ECHO (-1: no association), and the answer to the identity."""
    ae = AE("PYNET")
    ae.add_requested_context(Verification)
    association = ae.associate(
        "127.0.0.1",
        house.server.port,
        ext_neg=[identity] if identity else [],
    )
    if not association.is_established:
        return -1, None
    answer = association.acceptor.user_identity
    status = association.send_c_echo().Status
    association.release()
    return status, None if answer is None else answer.server_response


def _identity(
    kind: int, name: bytes, passcode: bytes = b"", *, answer: bool = True
) -> UserIdentityNegotiation:
    identity = UserIdentityNegotiation()
    identity.user_identity_type = kind
    identity.primary_field = name
    if passcode:
        identity.secondary_field = passcode
    identity.positive_response_requested = answer
    return identity


def test_pynetdicom_names_a_user(house: House) -> None:
    assert _echo(house) == (0, None)
    assert _echo(house, _identity(1, b"rita")) == (0, b"")
    assert _echo(house, _identity(2, b"rita", _PASSWORD.encode())) == (0, b"")
    assert _echo(house, _identity(2, b"rita", _PASSWORD.encode(), answer=False)) == (0, None)


@pytest.mark.parametrize(
    "identity",
    [
        _identity(1, b"nobody"),
        _identity(2, b"rita", b"wrong"),
        _identity(2, b"\xff\xfe", b"wrong"),
        _identity(3, b"ticket"),
        _identity(4, b"<saml/>"),
        _identity(5, b"a.b.c"),
    ],
)
def test_pynetdicom_names_a_user_in_vain(house: House, identity: UserIdentityNegotiation) -> None:
    assert _echo(house, identity) == (-1, None)
    assert _echo(house) == (0, None)


def _storescu(house: House, dcmtk: Run, folder: Path, *options: str) -> tuple[int, str]:
    path = folder / "one.dcm"
    path.write_bytes(make_part10("1.2.3.9"))
    done = dcmtk("storescu", "-v", *options, "127.0.0.1", house.server.port, path)
    return done.returncode, done.stderr


def test_dcmtk_names_a_user(house: House, dcmtk: Run, tmp_path: Path, security: Security) -> None:
    user = ("--user", "root", "--password", _PASSWORD, "--pos-response")
    assert _storescu(house, dcmtk, tmp_path, *user)[0] == 0
    assert len(house.receiver.arrivals) == 1
    code, said = _storescu(house, dcmtk, tmp_path, "--user", "root", "--password", "wrong")
    assert code != 0
    assert "Association Rejected" in said
    # A secretary stores nothing, wherever it sits.
    code, said = _storescu(house, dcmtk, tmp_path, "--user", "rita", "--password", _PASSWORD)
    assert _NOT_AUTHORIZED in said
    assert len(house.receiver.arrivals) == 1


def test_an_entity_does_with_dcmtk_what_it_has_a_right_to(
    house: House, dcmtk: Run, tmp_path: Path, security: Security
) -> None:
    entity = RemoteAe(aet="CT1", host="h", port=104, rights=frozenset({Right.QUERY}), sees=_SEES_CT)
    security.peers.save(entity)
    port, level = house.server.port, "QueryRetrieveLevel=STUDY"
    asked = ("-aet", "CT1", "-k", level, "-k", "StudyInstanceUID=1.2.3", "127.0.0.1", port)
    assert _NOT_AUTHORIZED in _storescu(house, dcmtk, tmp_path, "-aet", "CT1")[1]
    assert dcmtk("findscu", "-S", *asked).returncode == 0
    assert house.views[-1].any_of == (Criteria(modalities=("CT",)),)
    assert _NOT_AUTHORIZED in dcmtk("getscu", "-v", "-S", *asked).stderr
    assert _NOT_AUTHORIZED in dcmtk("movescu", "-v", "-S", "-aem", "X", *asked).stderr
    security.peers.save(replace(entity, networks=("192.0.2.0/24",)))
    refused = dcmtk("findscu", "-v", "-S", *asked)
    assert "Calling AE Title Not Recognized" in refused.stderr


def _tls(dcmtk: Run, house: House, site: DevelopmentCa, shows: Pair, *more: str) -> int:
    assert house.server.tls_port is not None
    options = ("--enable-tls", shows.key, shows.certificate)
    options += ("--add-cert-file", site.authority.certificate)
    return dcmtk("echoscu", *options, *more, "127.0.0.1", house.server.tls_port).returncode


@pytest.mark.parametrize(
    "profile", ["--profile-bcp195-nd", "--profile-bcp195", "--profile-bcp195-ex"]
)
def test_dcmtk_comes_with_its_certificate(
    house: House, dcmtk: Run, site: DevelopmentCa, profile: str
) -> None:
    assert _tls(dcmtk, house, site, site.issue("CT1", client=True), profile) == 0


def test_dcmtk_with_a_certificate_of_somebody_else_does_not_come_in(
    house: House, dcmtk: Run, site: DevelopmentCa, tmp_path: Path
) -> None:
    other = DevelopmentCa(tmp_path / "other")
    other.found("other")
    assert _tls(dcmtk, house, site, other.issue("CT1", client=True)) != 0


def test_a_title_that_is_tied_to_a_certificate_comes_with_no_other(
    house: House, dcmtk: Run, site: DevelopmentCa, security: Security
) -> None:
    security.peers.save(RemoteAe(aet="CT1", host="h", port=104, certificate="CN=ct1"))
    right, wrong = site.issue("CT1", client=True), site.issue("CT2", client=True)
    assert _tls(dcmtk, house, site, right, "-aet", "CT1") == 0
    assert _tls(dcmtk, house, site, wrong, "-aet", "CT1") != 0
    assert _tls(dcmtk, house, site, wrong, "-aet", "CT2") == 0
    assert dcmtk("echoscu", "-aet", "CT1", "127.0.0.1", house.server.port).returncode != 0
