"""What the web application is put together from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry
from starlette.routing import BaseRoute

from steckel.audit.ports import Recorder
from steckel.index.view import Guarded
from steckel.ingest.model import Receiver
from steckel.security.site import Security
from steckel.web.hearing import StudySight
from steckel.web.ports.archive import (
    Conflicts,
    Deleter,
    PatientFinder,
    Quarantine,
    Reports,
    StudyCatalogue,
)
from steckel.web.ports.audit import AuditRooms
from steckel.web.ports.exchange import (
    Deliveries,
    Destinations,
    MessageReceiver,
    MessageStore,
    Probes,
    ProfileStore,
)
from steckel.web.ports.live import ChangeFeed, SubjectMarks
from steckel.web.ports.orders import MatchingRules, Orders, Previews, Reconciliation
from steckel.web.ports.system import EchoSender, SystemStatus


@dataclass(frozen=True, kw_only=True)
class Site:
    """What this node calls itself, and where it listens for DICOM."""

    aet: str
    name: str
    dicom_host: str
    dicom_port: int


@dataclass(frozen=True, kw_only=True)
class WebParts:
    """The rooms behind the web application, and the routes of other doors."""

    site: Site
    recorder: Recorder
    audit: AuditRooms
    security: Security
    catalogue: Guarded[StudyCatalogue]
    patient_finder: Guarded[PatientFinder]
    reports: Guarded[Reports]
    changes: ChangeFeed
    marks: SubjectMarks
    sight: StudySight  #: which of the changes somebody hears of
    quarantine: Guarded[Quarantine]
    conflicts: Guarded[Conflicts]
    orders: Guarded[Orders]
    reconciliation: Guarded[Reconciliation]
    previews: Guarded[Previews]
    matching_rules: MatchingRules
    status: SystemStatus
    deleter: Guarded[Deleter]
    echo: EchoSender
    receiver: Receiver
    messages: Guarded[MessageStore]
    destinations: Destinations
    deliveries: Guarded[Deliveries]
    probes: Probes
    profiles: Guarded[ProfileStore]
    reception: MessageReceiver
    longest_message: int  #: bytes
    spool: Path  #: folder for archives that are being uploaded
    metrics: CollectorRegistry
    requests_per_minute: int = 0  #: to the API, of one account at one address; 0: no limit
    dicomweb_routes: Sequence[BaseRoute] = ()  #: need a login
    fhir_routes: Sequence[BaseRoute] = ()  #: need a login
    ohif_routes: Sequence[BaseRoute] = ()  #: need a login
    workstation_routes: Sequence[BaseRoute] = ()  #: files without data, open to everybody
