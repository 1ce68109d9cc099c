"""A study has arrived: ORU^R01, ORM^O01 with ZDS, or OMI^O23 with IPC."""

from dataclasses import replace

from steckel.exchange.outbound.elements import clock
from steckel.exchange.outbound.envelope import Envelope
from steckel.exchange.outbound.facts import Occasion, Order, Study
from steckel.exchange.outbound.order import (
    ORM_VERSION,
    add_imaging,
    add_order,
    numbers,
    request_fields,
    study_observation,
    study_pointer,
)
from steckel.exchange.outbound.patient import add_visit
from steckel.exchange.outbound.report import add_viewer
from steckel.hl7.write import Content, Repetition

#: What counts a study: attributes of PS3.6 as codes of the DICOM dictionary.
_SERIES: Repetition = ("(0020,1206)", "Number of Study Related Series", "DCMTAG")
_INSTANCES: Repetition = ("(0020,1208)", "Number of Study Related Instances", "DCMTAG")


def write_study(envelope: Envelope, occasion: Occasion, study: Study) -> bytes:
    """Return the message that says that a study is here."""
    order = _of_study(occasion.order, study)
    match envelope.subscription.study_message:
        case "ORM":
            return _as_order(envelope, occasion, order, study)
        case "OMI":
            return _as_imaging_order(envelope, occasion, order, study)
        case _:
            return _as_result(envelope, occasion, order, study)


def _as_result(envelope: Envelope, occasion: Occasion, order: Order, study: Study) -> bytes:
    builder = envelope.patient(envelope.open("ORU", "R01", "ORU_R01"), occasion.person)
    placer, filler = numbers(order)
    builder.segment("ORC", {1: "RE", 2: placer, 3: filler, 5: "IP"})
    begun = clock(study.date + study.time)
    more: dict[int, Content] = {
        3: filler or study.accession or study.uid,
        7: begun,
        22: envelope.time(occasion.at),
        25: "R",
    }
    builder.segment("OBR", request_fields(order) | more)
    builder.segment("OBX", study_observation("1", study.uid, "R"))
    for at, (name, count) in enumerate(((_SERIES, study.series), (_INSTANCES, study.instances)), 2):
        builder.segment("OBX", {1: str(at), 2: "NM", 3: name, 4: "1", 5: str(count), 11: "R"})
    return add_viewer(builder, study.uid, envelope.subscription, ("4", "R")).build()


def _as_order(envelope: Envelope, occasion: Occasion, order: Order, study: Study) -> bytes:
    builder = envelope.open("ORM", "O01", "ORM_O01", version=ORM_VERSION)
    add_visit(envelope.patient(builder, occasion.person, ORM_VERSION))
    add_order(builder, order, "SC", envelope.time(occasion.at), has_tq1=False)
    return builder.segment("ZDS", {1: [study_pointer(study.uid)]}).build()


def _as_imaging_order(envelope: Envelope, occasion: Occasion, order: Order, study: Study) -> bytes:
    builder = envelope.open("OMI", "O23", "OMI_O23")
    add_visit(envelope.patient(builder, occasion.person))
    add_order(builder, order, "SC", envelope.time(occasion.at), has_tq1=True)
    return add_imaging(builder, order, study.uid).build()


def _of_study(order: Order | None, study: Study) -> Order:
    """Return the order of a study, with what only the study says; made up where there is none."""
    held = order or Order()
    accession = held.accession or study.accession
    return replace(
        held,
        accession=accession,
        description=held.description or study.description,
        modality=held.modality or next(iter(study.modalities), ""),
        # IPC-2 and IPC-4 are required: of what nobody ordered, the accession number names all.
        procedure_id=held.procedure_id or accession,
        step_id=held.step_id or held.procedure_id or accession,
    )
