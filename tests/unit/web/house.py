"""The web application over rooms in memory, and clients for it."""

from dataclasses import dataclass, field
from pathlib import Path

import httpx
from argon2 import PasswordHasher
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from tests.unit.web.audit_rooms import audit_rooms
from tests.unit.web.message_rooms import MessageRoom, ReceptionRoom
from tests.unit.web.profile_rooms import ProfileRoom
from tests.unit.web.reconciliation_rooms import (
    OrderRoom,
    PreviewRoom,
    ReconciliationRoom,
    RuleRoom,
)
from tests.unit.web.rooms import (
    Bin,
    Catalogue,
    ClearSight,
    ConflictRoom,
    Echo,
    Feed,
    FixedMarks,
    Inbox,
    PatientDesk,
    ProbeRoom,
    QuarantineRoom,
    Shelf,
    Status,
)

from steckel.audit.journal import Journal
from steckel.audit.ledger import Ledger
from steckel.audit.spool import Spool
from steckel.exchange.outbound.desk import DestinationDesk
from steckel.index.engine import open_engine
from steckel.index.upgrade import upgrade
from steckel.security.passwords import Passwords
from steckel.security.roles import ADMIN
from steckel.security.site import Security, open_security
from steckel.web.application import WebApplication, create_app
from steckel.web.parts import Site, WebParts

GOOD = "correct horse battery"
ORIGIN = "http://steckel.test"


@dataclass
class House:
    """One application and its rooms."""

    engine: Engine
    security: Security
    spool: Path
    catalogue: Catalogue = field(default_factory=Catalogue)
    patients: PatientDesk = field(default_factory=PatientDesk)
    feed: Feed = field(default_factory=Feed)
    reports: Shelf = field(default_factory=Shelf)
    quarantine: QuarantineRoom = field(default_factory=QuarantineRoom)
    conflicts: ConflictRoom = field(default_factory=ConflictRoom)
    orders: OrderRoom = field(default_factory=OrderRoom)
    reconciliation: ReconciliationRoom = field(default_factory=ReconciliationRoom)
    previews: PreviewRoom = field(default_factory=PreviewRoom)
    rules: RuleRoom = field(default_factory=RuleRoom)
    status: Status = field(default_factory=Status)
    bin: Bin = field(default_factory=Bin)
    echo: Echo = field(default_factory=Echo)
    inbox: Inbox = field(default_factory=Inbox)
    messages: MessageRoom = field(default_factory=MessageRoom)
    profiles: ProfileRoom = field(default_factory=ProfileRoom)
    reception: ReceptionRoom = field(default_factory=ReceptionRoom)
    probes: ProbeRoom = field(default_factory=ProbeRoom)
    metrics: CollectorRegistry = field(default_factory=CollectorRegistry)
    recorder: Journal = field(init=False)
    app: WebApplication = field(init=False)

    def __post_init__(self) -> None:
        spool = Spool(self.spool / "audit", "test")
        self.recorder = Journal(Ledger(self.engine, "test"), spool)
        self.app = create_app(self.parts())

    def parts(self) -> WebParts:
        return WebParts(
            site=Site(aet="STECKEL", name="Ward", dicom_host="127.0.0.1", dicom_port=11112),
            recorder=self.recorder,
            audit=audit_rooms(self.engine),
            security=self.security,
            catalogue=self.catalogue,
            patient_finder=self.patients,
            reports=self.reports,
            changes=self.feed,
            marks=FixedMarks(),
            sight=ClearSight(),
            quarantine=self.quarantine,
            conflicts=self.conflicts,
            orders=self.orders,
            reconciliation=self.reconciliation,
            previews=self.previews,
            matching_rules=self.rules,
            status=self.status,
            deleter=self.bin,
            echo=self.echo,
            receiver=self.inbox,
            messages=self.messages,
            destinations=DestinationDesk(self.engine),
            deliveries=DestinationDesk(self.engine),
            probes=self.probes,
            profiles=self.profiles,
            reception=self.reception,
            longest_message=20_000,
            spool=self.spool,
            metrics=self.metrics,
            dicomweb_routes=_dicomweb(),
            ohif_routes=[Route("/ohif/{name:path}", _who)],
            workstation_routes=[
                Route("/", _page),
                Route("/login", _page),
                Route("/{name:str}", _page),
            ],
        )

    def client(self, **options: object) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=("192.0.2.1", 4711))
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN, **options)  # type: ignore[arg-type]

    def close(self) -> None:
        self.recorder.stop()
        self.engine.dispose()


def open_house(folder: Path) -> House:
    engine = open_engine(f"sqlite:///{folder / 'steckel.sqlite'}")
    upgrade(engine)
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    security = open_security(engine, Passwords(cheap))
    security.accounts.add("root", GOOD, role=ADMIN, display_name="Ada Root")
    security.accounts.add("alice", GOOD)
    return House(engine=engine, security=security, spool=folder)


def _dicomweb() -> list[BaseRoute]:
    return [
        Mount("/dicomweb", routes=[Route("/studies", _who, methods=["GET", "POST"])]),
        Route("/wado", _who),
    ]


async def _who(request: Request) -> Response:
    principal = request.state.principal
    return PlainTextResponse(f"{principal.name} {principal.via}")


async def _page(_request: Request) -> Response:
    return PlainTextResponse("page", headers={"Content-Security-Policy": "default-src 'self'"})
