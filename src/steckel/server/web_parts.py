"""The web application over the rooms of a house."""

from prometheus_client import REGISTRY, CollectorRegistry

from steckel.audit.trail import AuditTrail
from steckel.dicomweb.ports import DicomwebServices
from steckel.dicomweb.routes import dicomweb_routes
from steckel.exchange.desk import MessageDesk
from steckel.exchange.marks import Marks
from steckel.exchange.outbound.desk import DestinationDesk
from steckel.exchange.profile_desk import ProfileDesk
from steckel.fhir.ports import FhirServices
from steckel.fhir.routes import fhir_routes
from steckel.index.thumbnails import Thumbnails
from steckel.index.visibility import Sight
from steckel.reporting.reading import ReportReading
from steckel.ris.identified import IdentifiedPatients
from steckel.ris.order_list import OrderList
from steckel.ris.record_entry import RecordEntry
from steckel.ris.records import Records
from steckel.ris.report_shelf import ReportShelf
from steckel.ris.rule_book import RuleBook
from steckel.server.audit_work import AuditDesk
from steckel.server.desks import ConflictDesk, QuarantineDesk
from steckel.server.echo_desk import echo_desk
from steckel.server.message_metrics import MessageMetrics
from steckel.server.outbound_metrics import OutboundMetrics
from steckel.server.serving import STATIC, ServingHouse
from steckel.server.status_desk import StatusDesk
from steckel.web.application import WebApplication, create_app
from steckel.web.assets import workstation_routes
from steckel.web.ohif import OhifConfiguration, ohif_routes
from steckel.web.parts import Site, WebParts
from steckel.web.ports.audit import AuditRooms


def web_application(house: ServingHouse, registry: CollectorRegistry = REGISTRY) -> WebApplication:
    """Return the web application; `registry` is what it tells Prometheus of."""
    settings = house.settings
    services = DicomwebServices(
        receiver=house.receiver,
        finder=house.finder,
        retriever=house.retriever,
        imaging=house.imaging,
        deleter=house.deletion,
        second=house.second_frames,
        thumbnails=Thumbnails(house.engine),
    )
    registry.register(MessageMetrics(house.engine, settings.home))
    registry.register(OutboundMetrics(house.engine))
    trail = AuditTrail(house.engine)
    parts = WebParts(
        site=Site(
            aet=settings.aet,
            name=settings.site_name,
            dicom_host=settings.dicom.host,
            dicom_port=settings.dicom.port,
        ),
        recorder=house.recorder,
        audit=AuditRooms(
            reader=trail,
            status=AuditDesk(house),
            source=settings.aet,
            site=settings.site_name,
        ),
        security=house.security,
        catalogue=house.catalogue,
        patient_finder=IdentifiedPatients(house.engine),
        reports=ReportReading(ReportShelf(house.engine)),
        changes=house.changes,
        marks=Marks(house.engine),
        sight=Sight(house.engine),
        quarantine=QuarantineDesk(house.quarantine, house.ingest),
        conflicts=ConflictDesk(house.conflicts, house.versions),
        orders=OrderList(house.engine),
        reconciliation=house.reconciliation,
        previews=house.rehearsals,
        matching_rules=RuleBook(house.engine),
        status=StatusDesk(house),
        deleter=house.deletion,
        echo=echo_desk(settings),
        receiver=house.receiver,
        messages=MessageDesk(house.engine),
        destinations=DestinationDesk(house.engine),
        deliveries=DestinationDesk(house.engine),
        probes=house.messages.probes,
        profiles=ProfileDesk(house.engine, house.messages.profiles),
        reception=house.messages.reception,
        longest_message=settings.hl7_max_message_mib << 20,
        spool=house.layout.open,
        metrics=registry,
        requests_per_minute=settings.api_requests_per_minute,
        dicomweb_routes=dicomweb_routes(services),
        fhir_routes=fhir_routes(
            FhirServices(
                audit=trail,
                source=settings.aet,
                records=Records(house.engine),
                entry=RecordEntry(house.engine),
            )
        ),
        ohif_routes=ohif_routes(STATIC / "ohif", OhifConfiguration(study_list=False)),
        workstation_routes=workstation_routes(STATIC / "workstation"),
    )
    return create_app(parts)
