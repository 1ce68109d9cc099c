"""A whole server, the system that sends it messages, and a modality that asks for its worklist."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pydicom
import pytest
from pydicom.dataset import Dataset
from sqlalchemy import Engine, func, select
from tests.databases import DatabaseServer
from tests.steckel_server import SteckelServer, running_server

from steckel.exchange.schema import messages
from steckel.hl7.message import Message
from steckel.index.engine import open_engine

DCMTK = Path("/usr/bin")
_PATIENCE_SECONDS = 30.0


class Ris:
    """One MLLP connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), _PATIENCE_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def write(self, *sent: bytes) -> None:
        """Send messages, and wait for nothing."""
        self._socket.sendall(b"".join(b"\x0b" + one + b"\x1c\r" for one in sent))

    def read(self) -> bytes:
        """Return the next answer.

        Raises
        ------
        ConnectionError
            The connection was closed.
        """
        while b"\x1c\r" not in self._read:
            piece = self._socket.recv(1 << 16)
            if not piece:
                raise ConnectionResetError
            self._read += piece
        answer, _, self._read = self._read.partition(b"\x1c\r")
        return answer.removeprefix(b"\x0b")

    def send(self, *sent: bytes) -> list[str]:
        """Send messages; return the code of each acknowledgement, MSA-1."""
        self.write(*sent)
        return [Message.parse(self.read()).value("MSA-1") for _ in sent]


@dataclass
class Site:
    """A server, its index, and who talks with it."""

    server: SteckelServer
    engine: Engine
    url: str  #: of the database

    def connect(self) -> Ris:
        """Return a new connection to the listener."""
        return Ris(self.server.hl7_port)

    def tell(self, *sent: bytes) -> None:
        """Have messages accepted, and wait until something was made of each."""
        with self.connect() as ris:
            assert ris.send(*sent) == ["AA"] * len(sent)
        self.until_processed()
        problems = [(one.control_id, one.reason) for one in self.messages() if one.state == "error"]
        assert problems == []

    def until_processed(self) -> None:
        """Wait until nothing is left to do."""
        waiting = select(func.count()).where(messages.c.state == "received")
        eventually(lambda: self.scalar(waiting) == 0)

    def messages(self) -> list[Any]:
        """Return the rows of the message store, in the order of arrival."""
        columns = (messages.c.control_id, messages.c.state, messages.c.reason, messages.c.repeats)
        with self.engine.connect() as connection:
            return list(connection.execute(select(*columns).order_by(messages.c.pk)))

    def scalar(self, statement: Any) -> Any:
        """Return what a statement finds."""
        with self.engine.connect() as connection:
            return connection.execute(statement).scalar()

    def worklist(self, **keys: str) -> list[Dataset]:
        """Return the worklist as `findscu` gets it."""
        asked = {"PatientName": "", "AccessionNumber": "", "PatientID": "", "IssuerOfPatientID": ""}
        asked |= {"StudyInstanceUID": "", "(0040,0100)[0].Modality": ""}
        return self._find(asked | keys, "-W")

    def find(self, level: str, **keys: str) -> list[Dataset]:
        """Return what `findscu` finds in the model that has such a level."""
        model = "-P" if level == "PATIENT" else "-S"
        return self._find({"QueryRetrieveLevel": level} | keys, model)

    def _find(self, keys: Mapping[str, str], model: str) -> list[Dataset]:
        options = [word for key, value in keys.items() for word in ("-k", f"{key}={value}")]
        with tempfile.TemporaryDirectory() as folder:
            self.dcmtk("findscu", model, "-X", "-od", folder, *options)
            return [pydicom.dcmread(one, force=True) for one in sorted(Path(folder).iterdir())]

    def dcmtk(self, program: str, *options: object) -> None:
        """Run a client of DCMTK."""
        if not (DCMTK / program).exists():
            pytest.skip("DCMTK is not installed in /usr/bin")
        port = str(self.server.dicom_port)
        call = [str(DCMTK / program), "-aec", "STECKEL", "127.0.0.1", port, *map(str, options)]
        done = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, "")


@contextmanager
def running_site(
    folder: Path, database_server: DatabaseServer, upgraded: str, **settings: str
) -> Iterator[Site]:
    """Run a server with a database of its own."""
    with (
        database_server.database(like=upgraded) as url,
        running_server(folder / "home", STECKEL_DATABASE_URL=url, **settings) as server,
        site_of(server, url) as site,
    ):
        yield site


@contextmanager
def site_of(server: SteckelServer, url: str = "") -> Iterator[Site]:
    """Look into a server that runs; its database is the one in its home, unless it is named."""
    url = url or f"sqlite:///{server.home / 'index.sqlite3'}"
    engine = open_engine(url)
    try:
        yield Site(server, engine, url)
    finally:
        engine.dispose()


def eventually(check: Callable[[], bool], seconds: float = _PATIENCE_SECONDS) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.02)


def message(
    kind: str, control_id: str, at: str, *lines: str, charset: str = "UNICODE UTF-8"
) -> str:
    """Return a message; `at` is the time of day."""
    head = f"MSH|^~\\&|RIS|HOSP|PACS|HOSP|20260301{at}+0000||{kind}|{control_id}|P|2.5.1"
    return "\r".join((f"{head}||||||UNICODE UTF-8", *lines, ""))


def pid(number: str, name: str, birth: str = "19800229", sex: str = "F") -> str:
    """Return who it is about."""
    return f"PID|||{number}^^^HOSP^PI||{name}||{birth}|{sex}"


def admission(control_id: str, at: str, person: str) -> bytes:
    """Return that a patient is there, an ADT^A04."""
    return message("ADT^A04^ADT_A01", control_id, at, person).encode()


def orm(control_id: str, at: str, person: str, number: str) -> bytes:
    """Return an order of one CT, as most systems say it."""
    order = f"ORC|NW|P{number}^RIS|F{number}^RIS||SC||^^^20260302083000"
    procedure = f"OBR|1|P{number}^RIS|F{number}^RIS|CT^CT thorax^L{'|' * 14}A{number}|R{number}"
    procedure += f"|S{number}||||CT|||^^^20260302083000"
    return message("ORM^O01^ORM_O01", control_id, at, person, order, procedure).encode()


def omi(control_id: str, at: str, person: str, number: str, study_uid: str) -> bytes:
    """Return an order whose study has a name already."""
    return message(
        "OMI^O23^OMI_O23", control_id, at, person,
        f"ORC|NW|P{number}^RIS|F{number}^RIS||SC",
        "TQ1|1||||||20260302083000||R",
        f"OBR|1|P{number}^RIS|F{number}^RIS|CT^CT thorax^L",
        f"IPC|A{number}^RIS|R{number}^RIS|{study_uid}^RIS|S{number}^RIS|CT|CT^CT^L|CT1|R1|CT1",
    ).encode()  # fmt: skip
